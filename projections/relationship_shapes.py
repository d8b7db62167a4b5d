"""How relationships are read: by their members and by the staff of the programme."""

from typing import Final

from domain.permissions import Action
from projections import attainment_shapes
from projections.assignment_shapes import assignments_of
from projections.attainment_shapes import OF_MENTORSHIP, person
from projections.confidentiality import broken, content, happened, member_of, trusted
from projections.history_shapes import history_of
from projections.log_shapes import log_of
from projections.meeting_shapes import meetings_of
from projections.proposal_edges import NEWEST_MENTORSHIP, STATES_AND_KINDS
from projections.resource_shapes import resources_of
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Many, One, Order, Shape
from projections.staffing import staff_of
from projections.survey_shapes import surveys_of

MODELS: Final = ("relationships",)
"""The read models these shapes are made of."""

ROW: Final = "{t}.mentorship_id"
MEMBER: Final = member_of(ROW)
# Outside every programme nobody is its staff, nor sees it for the organisation, unless they break the glass.
SEEN: Final = Guard(
    Action.SEE_MENTORSHIPS,
    own=MEMBER,
    staffed=staff_of("{t}.program_id"),
    when=f"({{t}}.program_id IS NOT NULL OR {MEMBER} OR {broken(ROW)})",
)
AT_THE_END: Final = happened(ROW, "{t}.ended_at")
END_WORDS: Final = Guard(
    Action.SEE_CONCERNS,
    own="{t}.ended_by = {viewer}",
    staffed=trusted("concerns", ROW),
    opened=broken(ROW),
)


def _members(row: str, mentorship: str) -> Guard:
    """Whoever was there from the beginning is known to all who ever were."""
    met = member_of(f"{row}.mentorship_id", f"{row}.joined_at")
    return Guard(
        Action.SEE_MENTORSHIPS,
        own=f"({row}.joined_at = {mentorship}.began_at OR {met})",
        staffed=staff_of(f"{mentorship}.program_id"),
    )


BY_SET: Final = {"": Order((Key("{t}.set_position", "bigint"),))}
BY_RAISED: Final = {"": Order((Key("{t}.raised_position", "bigint"),))}
NEWEST: Final = {"": Order((Key("{t}.position", "bigint"),), descending=True)}

MENTORSHIP: Final = Shape(
    "Mentorship",
    "mentorships",
    key=ROW,
    seen=(SEEN,),
    columns=(
        Column("id", Kind.ID, ROW, of="Mentorship"),
        Column("kind", Kind.ENUM, "{t}.kind"),
        Column("type", Kind.JSON, "{t}.type"),
        Column("state", Kind.ENUM, "{t}.state"),
        Column("settings_version", Kind.INT, "{t}.settings_version"),
        Column("began_at", Kind.TIMESTAMP, "{t}.began_at"),
        Column("planned_end", Kind.DATE, "{t}.planned_end"),
        Column("paused_until", Kind.DATE, "{t}.paused_until"),
        Column("ended_at", Kind.TIMESTAMP, "{t}.ended_at"),
        Column("outcome", Kind.ENUM, "{t}.outcome", AT_THE_END),
        Column("end_reason", Kind.ENUM, "{t}.end_reason", AT_THE_END),
        Column("no_fault", Kind.BOOL, "{t}.no_fault", AT_THE_END),
        Column("end_words", Kind.TEXT, "{t}.end_words", END_WORDS),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "program": One("Program", "{t}.program_id = {p}.program_id"),
        "proposal": One("Proposal", "{t}.proposal_id = {p}.proposal_id"),
        "inquiry": One("Inquiry", "{t}.inquiry_id = {p}.inquiry_id"),
        "predecessor": One("Mentorship", "{t}.mentorship_id = {p}.predecessor_id"),
        "successor": One("Mentorship", "{t}.mentorship_id = {p}.successor_id"),
        "endedBy": person(
            "ended_by", content("concerns", Action.SEE_CONCERNS, "{p}.mentorship_id", "{p}.ended_at")
        ),
        "members": Many(
            "MentorshipMember",
            OF_MENTORSHIP,
            "{t}.number",
            _members("{t}", "{p}"),
        ),
        "agreement": One("MentorshipAgreement", OF_MENTORSHIP),
        "goals": Connection("Goal", OF_MENTORSHIP, BY_SET),
        "milestones": Many("MentorshipMilestone", OF_MENTORSHIP, "{t}.number"),
        "checkIns": Connection("CheckIn", OF_MENTORSHIP, NEWEST),
        "resources": resources_of("{p}.mentorship_id"),
        "concerns": Connection("Concern", OF_MENTORSHIP, BY_RAISED),
        "assignments": assignments_of("{p}.mentorship_id"),
        "conversation": One("Conversation", OF_MENTORSHIP),
        "meetings": meetings_of("{p}.mentorship_id"),
        "surveys": surveys_of("{p}.mentorship_id"),
        "pauses": Many("MentorshipPause", OF_MENTORSHIP, "{t}.number"),
        "glassBroken": Many("BrokenGlass", OF_MENTORSHIP, "{t}.position DESC"),
        "history": history_of("{p}.mentorship_id"),
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
        Column("left_at", Kind.TIMESTAMP, "{t}.left_at", happened(ROW, "{t}.left_at")),
        Column(
            "leaving_reason",
            Kind.TEXT,
            "{t}.leaving_reason",
            Guard(
                Action.SEE_CONCERNS,
                own="{t}.participant_id = {viewer}",
                staffed=trusted("concerns", ROW),
                opened=broken(ROW),
            ),
        ),
    ),
    edges={"participant": person("participant_id")},
)

MENTORSHIP_PAUSE: Final = Shape(
    "MentorshipPause",
    "mentorship_pauses",
    seen=(happened(ROW, "{t}.paused_at"),),
    columns=(
        Column("paused_at", Kind.TIMESTAMP, "{t}.paused_at"),
        Column("until", Kind.DATE, "{t}.until"),
        Column("ended_at", Kind.TIMESTAMP, "{t}.ended_at", happened(ROW, "{t}.ended_at")),
    ),
)

BROKEN_GLASS: Final = Shape(
    "BrokenGlass",
    "mentorship_glass",
    key="{t}.position",
    key_type="bigint",
    seen=(happened(ROW, "{t}.broken_at"),),
    columns=(
        Column("actor", Kind.TEXT, "{t}.actor"),
        Column("broken_at", Kind.TIMESTAMP, "{t}.broken_at"),
        Column("until", Kind.TIMESTAMP, "{t}.until"),
        Column(
            "reason",
            Kind.TEXT,
            "{t}.reason",
            Guard(Action.SEE_CONCERNS, own=member_of(ROW, "{t}.broken_at"), opened="{t}.actor = {actor}"),
        ),
    ),
    edges={"person": person("participant_id")},
)

BEGINNING: Final = Key("{t}.began_position", "bigint")
PLANNED_END: Final = (Key("{t}.planned_end", "date"), Key("{t}.mentorship_id", "uuid"))
MENTORSHIP_ORDERS: Final = {
    "began_at_desc": NEWEST_MENTORSHIP[""],
    "began_at": Order((BEGINNING,)),
    "planned_end": Order(PLANNED_END),
    "planned_end_desc": Order(PLANNED_END, descending=True),
}
MENTORSHIP_FILTERS: Final = {
    "program": Filter("{t}.program_id = {v}", "uuid", of="Program"),
    "participant": Filter(
        "{t}.mentorship_id IN (SELECT m.mentorship_id FROM mentorship_members m"
        " WHERE m.participant_id = {v} AND {known})",
        "uuid",
        of="Participant",
        conditions={"known": (_members("m", "{t}"),)},
    ),
    **STATES_AND_KINDS,
}

SHAPES: Final = (
    MENTORSHIP,
    MENTORSHIP_MEMBER,
    MENTORSHIP_PAUSE,
    BROKEN_GLASS,
    *attainment_shapes.SHAPES,
)
