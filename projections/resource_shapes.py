"""How documents and links are read: by the members, by whom the policy trusts, and where published."""

from typing import Final

from domain.permissions import Action
from projections.confidentiality import broken, happened, member_of, staff_of_mentorship, trusted
from projections.log_shapes import log_of
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, One, Order, Shape

MODELS: Final = ("resources",)
"""The read models these shapes are made of."""

ROW: Final = "{t}.mentorship_id"


def published(row: str) -> str:
    """Shared beyond the relationship, with whom the viewer is among in the role at hand: guests never are."""
    taking_part = (
        f"EXISTS (SELECT FROM mentorships w JOIN enrollments e ON e.program_id = w.program_id"
        f" WHERE w.mentorship_id = {row}.mentorship_id AND e.participant_id = {{viewer}}"
        " AND e.state IN ('approved', 'paused', 'completed'))"
    )
    to_program = (
        f"{row}.audience = 'program' AND ({taking_part} OR {staff_of_mentorship(f'{row}.mentorship_id')})"
    )
    return (
        f"({row}.state = 'shared' AND {{role}} <> 'guest' AND ({row}.audience = 'directory' OR {to_program}))"
    )


def seen_by(row: str, *, when: str = "true") -> Guard:
    """Whoever sees what is shared; outside the relationship, what is published, and `when` alone."""
    mentorship, at = f"{row}.mentorship_id", f"{row}.shared_at"
    beyond = published(row) if when == "true" else f"({when} AND {published(row)})"
    return Guard(
        Action.SEE_DOCUMENTS,
        own=f"({member_of(mentorship, at)} OR {beyond})",
        staffed=f"({trusted('documents', mentorship)} OR {beyond})",
        opened=broken(mentorship),
    )


CONTENT: Final = seen_by("{t}")
HAPPENED: Final = happened(ROW, "{t}.shared_at")

RESOURCE: Final = Shape(
    "Resource",
    "resources",
    key="{t}.resource_id",
    seen=(HAPPENED, CONTENT),
    columns=(
        Column("id", Kind.ID, "{t}.resource_id", of="Resource"),
        Column("kind", Kind.ENUM, "{t}.kind"),
        Column("state", Kind.ENUM, "{t}.state"),
        Column("title", Kind.TEXT, "coalesce({t}.title, {t}.name)", CONTENT),
        Column("name", Kind.TEXT, "CASE {t}.kind WHEN 'document' THEN {t}.name END", CONTENT),
        Column("description", Kind.TEXT, "{t}.description", CONTENT),
        Column("topics", Kind.TEXTS, "{t}.topics", CONTENT),
        Column("url", Kind.TEXT, "{t}.url", CONTENT),
        Column("media_type", Kind.TEXT, "{t}.media_type", CONTENT),
        # What a programme takes at most is an Int, too.
        Column("bytes", Kind.INT, "{t}.bytes", CONTENT),
        Column("sha256", Kind.TEXT, "{t}.sha256", CONTENT),
        Column("audience", Kind.ENUM, "{t}.audience"),
        Column("named", Kind.BOOL, "{t}.named"),
        Column("shared_at", Kind.TIMESTAMP, "{t}.shared_at"),
        Column("published_at", Kind.TIMESTAMP, "{t}.published_at"),
        Column("withdrawn_at", Kind.TIMESTAMP, "{t}.withdrawn_at"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "mentorship": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id"),
        "sharedBy": One(
            "Participant", "{t}.participant_id = {p}.shared_by", seen_by("{p}", when="{p}.named")
        ),
        "log": log_of("{p}.resource_id"),
    },
)

CONTENT_OF: Final = Shape(
    "Resource",
    "resources",
    key="{t}.resource_id",
    seen=(CONTENT,),
    columns=(
        Column("kind", Kind.TEXT, "{t}.kind"),
        Column("state", Kind.TEXT, "{t}.state"),
        Column("name", Kind.TEXT, "{t}.name"),
        Column("media_type", Kind.TEXT, "{t}.media_type"),
        Column("bytes", Kind.INT, "{t}.bytes"),
        Column("sha256", Kind.TEXT, "{t}.sha256"),
        Column("blob", Kind.TEXT, "{t}.blob"),
    ),
)
"""What it takes to hand out a document, for those who may have it."""

NEWEST: Final = {"": Order((Key("{t}.shared_position", "bigint"),), descending=True)}
RESOURCE_FILTERS: Final = {
    "kinds": Filter("{t}.kind = ANY ({v})", "text[]"),
    "states": Filter("{t}.state = ANY ({v})", "text[]"),
}


def resources_of(mentorship: str) -> Connection:
    return Connection("Resource", "{t}.mentorship_id = " + mentorship, NEWEST, RESOURCE_FILTERS)


SHAPES: Final = (RESOURCE,)
