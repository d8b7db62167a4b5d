"""How relationships are read: by their members and by the staff of the programme."""

from typing import Final

from domain.permissions import Action
from projections.log_shapes import log_of
from projections.proposal_edges import NEWEST_MENTORSHIP, STATES_AND_KINDS
from projections.shape import Column, Filter, Guard, Kind, Many, One, Shape
from projections.staffing import staff_of

MODELS: Final = ("relationships",)
"""The read models these shapes are made of."""

MEMBER: Final = (
    "EXISTS (SELECT FROM mentorship_members v WHERE v.mentorship_id = {t}.mentorship_id"
    " AND v.participant_id = {viewer})"
)

MENTORSHIP: Final = Shape(
    "Mentorship",
    "mentorships",
    key="{t}.mentorship_id",
    seen=(Guard(Action.SEE_MENTORSHIPS, own=MEMBER, staffed=staff_of("{t}.program_id")),),
    columns=(
        Column("id", Kind.ID, "{t}.mentorship_id", of="Mentorship"),
        Column("kind", Kind.ENUM, "{t}.kind"),
        Column("type", Kind.JSON, "{t}.type"),
        Column("state", Kind.ENUM, "{t}.state"),
        Column("settings_version", Kind.INT, "{t}.settings_version"),
        Column("began_at", Kind.TIMESTAMP, "{t}.began_at"),
        Column("planned_end", Kind.DATE, "{t}.planned_end"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "program": One("Program", "{t}.program_id = {p}.program_id"),
        "proposal": One("Proposal", "{t}.proposal_id = {p}.proposal_id"),
        "members": Many("MentorshipMember", "{t}.mentorship_id = {p}.mentorship_id", "{t}.number"),
        "log": log_of("{p}.mentorship_id"),
    },
)

MENTORSHIP_MEMBER: Final = Shape(
    "MentorshipMember",
    "mentorship_members",
    key="({t}.mentorship_id::text || '/' || {t}.number::text)",
    key_type="text",
    columns=(
        Column("role", Kind.ENUM, "{t}.role"),
        Column("joined_at", Kind.TIMESTAMP, "{t}.joined_at"),
    ),
    edges={"participant": One("Participant", "{t}.participant_id = {p}.participant_id")},
)

MENTORSHIP_ORDERS: Final = NEWEST_MENTORSHIP
MENTORSHIP_FILTERS: Final = {
    "program": Filter("{t}.program_id = {v}", "uuid", of="Program"),
    "participant": Filter(
        "{t}.mentorship_id IN (SELECT m.mentorship_id FROM mentorship_members m"
        " WHERE m.participant_id = {v})",
        "uuid",
        of="Participant",
    ),
    **STATES_AND_KINDS,
}

SHAPES: Final = (MENTORSHIP, MENTORSHIP_MEMBER)
