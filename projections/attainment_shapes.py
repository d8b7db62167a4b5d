"""How the agreement, goals, milestones, check-ins and concerns of a relationship are read, and by whom."""

from typing import Final

from domain.permissions import Action
from projections.confidentiality import broken, content, happened, member_of, staff_of_mentorship, trusted
from projections.shape import Column, Connection, Guard, Key, Kind, Many, One, Order, Shape

OF_MENTORSHIP: Final = "{t}.mentorship_id = {p}.mentorship_id"
ROW: Final = "{t}.mentorship_id"


def person(column: str, guard: Guard | None = None) -> One:
    """Whoever it is that this column of the row names."""
    return One("Participant", f"{{t}}.participant_id = {{p}}.{column}", guard)


# As the version of the programme that the relationship keeps says it.
MENTORSHIP_AGREEMENT: Final = Shape(
    "MentorshipAgreement",
    "(SELECT m.mentorship_id, n.settings_version, n.settings -> 'agreement' ->> 'text' AS text,"
    " (n.settings -> 'agreement' ->> 'required')::boolean AS required,"
    " NOT EXISTS (SELECT FROM mentorship_members w"
    " WHERE w.mentorship_id = m.mentorship_id AND w.left_at IS NULL"
    " AND NOT EXISTS (SELECT FROM mentorship_signatures s WHERE s.mentorship_id = m.mentorship_id"
    " AND s.participant_id = w.participant_id AND s.settings_version = m.settings_version)) AS complete"
    " FROM mentorships m JOIN program_versions n"
    " ON n.program_id = m.program_id AND n.settings_version = m.settings_version"
    " WHERE n.settings -> 'agreement' ->> 'text' IS NOT NULL)",
    key=ROW,
    columns=(
        Column("text", Kind.TEXT, "{t}.text"),
        Column("required", Kind.BOOL, "{t}.required"),
        Column("version", Kind.INT, "{t}.settings_version"),
        Column("complete", Kind.BOOL, "{t}.complete"),
    ),
    edges={
        "signatures": Many(
            "AgreementSignature", OF_MENTORSHIP, "{t}.signed_at, {t}.participant_id, {t}.settings_version"
        )
    },
)

AGREEMENT_SIGNATURE: Final = Shape(
    "AgreementSignature",
    "mentorship_signatures",
    key="({t}.mentorship_id::text || '/' || {t}.participant_id::text || '/' || {t}.settings_version::text)",
    key_type="text",
    seen=(happened(ROW, "{t}.signed_at"),),
    columns=(
        Column("version", Kind.INT, "{t}.settings_version"),
        Column("signed_at", Kind.TIMESTAMP, "{t}.signed_at"),
    ),
    edges={"by": person("participant_id")},
)

GOAL_WORDS: Final = content("goals", Action.SEE_GOALS, ROW, "{t}.text_at")
GOAL_PROGRESS: Final = happened(ROW, "{t}.changed_at")

GOAL: Final = Shape(
    "Goal",
    "mentorship_goals",
    key="{t}.goal_id",
    seen=(happened(ROW, "{t}.set_at"),),
    columns=(
        Column("goal_id", Kind.UUID, "{t}.goal_id"),
        Column("text", Kind.TEXT, "{t}.text", GOAL_WORDS),
        Column("competency", Kind.TEXT, "{t}.competency", GOAL_WORDS),
        Column("due", Kind.DATE, "{t}.due", happened(ROW, "{t}.text_at")),
        Column("state", Kind.ENUM, "{t}.state", GOAL_PROGRESS),
        Column("percent", Kind.INT, "{t}.percent", GOAL_PROGRESS),
        Column("set_at", Kind.TIMESTAMP, "{t}.set_at"),
        Column("changed_at", Kind.TIMESTAMP, "{t}.changed_at", GOAL_PROGRESS),
        Column("ended_at", Kind.TIMESTAMP, "{t}.ended_at", GOAL_PROGRESS),
    ),
    edges={
        "setBy": person("set_by"),
        "steps": Connection(
            "GoalStep",
            OF_MENTORSHIP + " AND {t}.goal_id = {p}.goal_id",
            {"": Order((Key("{t}.position", "bigint"),))},
        ),
    },
)

GOAL_STEP: Final = Shape(
    "GoalStep",
    "mentorship_goal_steps",
    key="{t}.position",
    key_type="bigint",
    seen=(happened(ROW, "{t}.at"),),
    columns=(
        Column("at", Kind.TIMESTAMP, "{t}.at"),
        Column("state", Kind.ENUM, "{t}.state"),
        Column("percent", Kind.INT, "{t}.percent"),
        Column("note", Kind.TEXT, "{t}.note", content("goals", Action.SEE_GOALS, ROW, "{t}.at")),
    ),
    edges={"by": person("participant_id")},
)

# A day counts unless a pause covers it. A pause that began after the due day moves it no more; which day
# that is, the pauses before have moved, by `days_before`.
MENTORSHIP_MILESTONE: Final = Shape(
    "MentorshipMilestone",
    "(SELECT m.mentorship_id, s.number, s.told ->> 'id' AS milestone, s.told ->> 'title' AS title,"
    " s.told ->> 'description' AS description, r.reached_at, r.reached_by,"
    " s.due + (SELECT coalesce(sum(greatest(0, coalesce((p.ended_at AT TIME ZONE 'UTC')::date, p.until)"
    " - (p.paused_at AT TIME ZONE 'UTC')::date)), 0)::int FROM mentorship_pauses p"
    " WHERE p.mentorship_id = m.mentorship_id"
    " AND (p.paused_at AT TIME ZONE 'UTC')::date - p.days_before <= s.due) AS due"
    " FROM mentorships m"
    " JOIN program_versions n ON n.program_id = m.program_id AND n.settings_version = m.settings_version"
    " CROSS JOIN LATERAL (SELECT e.told, e.number,"
    " (m.began_at AT TIME ZONE 'UTC')::date + (e.told ->> 'due_day')::int AS due"
    " FROM jsonb_array_elements(n.settings -> 'plan' -> 'milestones')"
    " WITH ORDINALITY AS e (told, number)) AS s"
    " LEFT JOIN mentorship_milestones r"
    " ON r.mentorship_id = m.mentorship_id AND r.milestone = s.told ->> 'id')",
    key="({t}.mentorship_id::text || '/' || {t}.milestone)",
    key_type="text",
    columns=(
        Column("milestone", Kind.TEXT, "{t}.milestone"),
        Column("title", Kind.TEXT, "{t}.title"),
        Column("description", Kind.TEXT, "{t}.description"),
        Column("due", Kind.DATE, "{t}.due"),
        Column("reached_at", Kind.TIMESTAMP, "{t}.reached_at", happened(ROW, "{t}.reached_at")),
    ),
    edges={"reachedBy": person("reached_by", happened("{p}.mentorship_id", "{p}.reached_at"))},
)

CHECK_IN_WORDS: Final = content("check_ins", Action.SEE_CHECK_INS, ROW, "{t}.at")

CHECK_IN: Final = Shape(
    "CheckIn",
    "mentorship_check_ins",
    key="{t}.check_in_id",
    seen=(happened(ROW, "{t}.at"),),
    columns=(
        Column("at", Kind.TIMESTAMP, "{t}.at"),
        Column("ratings", Kind.JSON, "{t}.ratings", CHECK_IN_WORDS),
        Column("comment", Kind.TEXT, "{t}.comment", CHECK_IN_WORDS),
    ),
    edges={"by": person("participant_id")},
)


def _told(row: str, at: str) -> str:
    """What is raised in confidence is for who raised it and for the staff."""
    others = member_of(f"{row}.mentorship_id", f"{row}.{at}")
    return f"({row}.raised_by = {{viewer}} OR (NOT {row}.confidential AND {others}))"


def _worded(row: str, at: str) -> Guard:
    mentorship = f"{row}.mentorship_id"
    return Guard(
        Action.SEE_CONCERNS,
        own=_told(row, at),
        staffed=trusted("concerns", mentorship),
        opened=broken(mentorship),
    )


def _known(at: str) -> Guard:
    return Guard(Action.SEE_MENTORSHIPS, own=_told("{t}", at), staffed=staff_of_mentorship(ROW))


CONCERN: Final = Shape(
    "Concern",
    "mentorship_concerns",
    key="{t}.concern_id",
    seen=(_known("raised_at"),),
    columns=(
        Column("concern_id", Kind.UUID, "{t}.concern_id"),
        Column("confidential", Kind.BOOL, "{t}.confidential"),
        Column("text", Kind.TEXT, "{t}.text", _worded("{t}", "raised_at")),
        Column("raised_at", Kind.TIMESTAMP, "{t}.raised_at"),
        Column("settled_at", Kind.TIMESTAMP, "{t}.settled_at", _known("settled_at")),
        Column("note", Kind.TEXT, "{t}.note", _worded("{t}", "settled_at")),
    ),
    edges={
        "raisedBy": person("raised_by", _worded("{p}", "raised_at")),
        "settledBy": person("settled_by", _worded("{p}", "settled_at")),
    },
)

SHAPES: Final = (
    MENTORSHIP_AGREEMENT,
    AGREEMENT_SIGNATURE,
    GOAL,
    GOAL_STEP,
    MENTORSHIP_MILESTONE,
    CHECK_IN,
    CONCERN,
)
