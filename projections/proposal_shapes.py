"""How proposals are read: by their members, by the staff of the programme, and why they were made."""

from typing import Final

from domain.permissions import Action
from projections.log_shapes import log_of
from projections.proposal_edges import NEWEST_PROPOSAL, STATES_AND_MODES, member_of, named, unblinded
from projections.shape import Column, Filter, Guard, Kind, Many, One, Shape
from projections.staffing import staff_of

MODELS: Final = ("proposals",)
"""The read models these shapes are made of."""

STAFFED: Final = staff_of("{t}.program_id")
SAME: Final = "{t}.proposal_id = {p}.proposal_id"

# What is said may name who says it.
WORDS: Final = Guard(
    Action.SEE_ANSWERS,
    own=member_of("{t}.proposal_id"),
    staffed=f"({STAFFED} AND {unblinded('{t}.proposal_id')})",
)
REASON: Final = Guard(
    Action.SEE_ANSWERS,
    own="{t}.participant_id = {viewer}",
    staffed=f"({STAFFED} AND {unblinded('{t}.proposal_id')})",
)


def _choosing(row: str) -> Guard:
    """Whom a mentee could have had, or would rather have, is not for the eyes of the mentors."""
    return Guard(
        Action.SEE_PROPOSALS,
        own=f"EXISTS (SELECT FROM proposal_members v WHERE v.proposal_id = {row}.proposal_id"
        " AND v.participant_id = {viewer} AND v.role = 'mentee')",
        staffed=staff_of(f"{row}.program_id"),
    )


CHOICE: Final = _choosing("{p}")

PROPOSAL: Final = Shape(
    "Proposal",
    "proposals",
    key="{t}.proposal_id",
    seen=(Guard(Action.SEE_PROPOSALS, own=member_of("{t}.proposal_id"), staffed=STAFFED),),
    columns=(
        Column("id", Kind.ID, "{t}.proposal_id", of="Proposal"),
        Column("relationship", Kind.TEXT, "{t}.relationship"),
        Column("mode", Kind.ENUM, "{t}.mode"),
        Column("state", Kind.ENUM, "{t}.state"),
        Column("rank", Kind.INT, "{t}.rank", _choosing("{t}")),
        Column("score", Kind.INT, "{t}.score"),
        Column("settings_version", Kind.INT, "{t}.settings_version"),
        Column("words", Kind.TEXT, "{t}.words", WORDS),
        Column("question", Kind.TEXT, "{t}.question", WORDS),
        Column("asked_at", Kind.TIMESTAMP, "{t}.question_at"),
        Column("answer", Kind.TEXT, "{t}.answer", WORDS),
        Column("answered_at", Kind.TIMESTAMP, "{t}.answer_at"),
        Column("made_at", Kind.TIMESTAMP, "{t}.made_at"),
        Column("expires_at", Kind.TIMESTAMP, "{t}.expires_at"),
        Column("ended_at", Kind.TIMESTAMP, "{t}.ended_at"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "program": One("Program", "{t}.program_id = {p}.program_id"),
        "members": Many("ProposalMember", SAME, "{t}.number"),
        "askedBy": One("ProposalMember", SAME + " AND {t}.participant_id = {p}.question_by"),
        "answeredBy": One("ProposalMember", SAME + " AND {t}.participant_id = {p}.answer_by"),
        "explanation": One("ProposalExplanation", SAME + " AND {t}.provenance IS NOT NULL"),
        "mentorship": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id"),
        "log": log_of("{p}.proposal_id"),
    },
)

PROPOSAL_MEMBER: Final = Shape(
    "ProposalMember",
    "proposal_members",
    key="({t}.proposal_id::text || '/' || {t}.number::text)",
    key_type="text",
    columns=(
        # Of the proposal and the place in it: a label that could be told from the person's own id names them.
        Column(
            "label",
            Kind.TEXT,
            "initcap({t}.role) || ' ' || upper(left(md5({t}.proposal_id::text || {t}.number::text), 4))",
        ),
        Column("role", Kind.ENUM, "{t}.role"),
        Column("viewed_at", Kind.TIMESTAMP, "{t}.viewed_at"),
        Column("accepted_at", Kind.TIMESTAMP, "{t}.accepted_at"),
        Column("declined_at", Kind.TIMESTAMP, "{t}.declined_at"),
        Column("reason", Kind.TEXT, "{t}.reason", REASON),
        Column("for_good", Kind.BOOL, "{t}.for_good", REASON),
    ),
    edges={"participant": One("Participant", "{t}.participant_id = {p}.participant_id", named("{p}"))},
)

PROPOSAL_EXPLANATION: Final = Shape(
    "ProposalExplanation",
    "proposals",
    key="{t}.proposal_id",
    columns=(
        Column("engine", Kind.INT, "({t}.provenance ->> 'engine')::int"),
        Column("digest", Kind.TEXT, "{t}.provenance ->> 'digest'"),
        Column("score", Kind.INT, "{t}.score"),
        Column("mentee_score", Kind.INT, "{t}.mentee_score"),
        Column("mentor_score", Kind.INT, "{t}.mentor_score"),
        Column("answered", Kind.INT, "{t}.answered"),
        Column("asked", Kind.INT, "{t}.asked"),
        Column("rank", Kind.INT, "nullif(({t}.provenance ->> 'rank')::int, 0)"),
        Column("eligible", Kind.INT, "nullif(({t}.provenance ->> 'eligible')::int, 0)"),
        Column("run", Kind.ID, "{t}.run_id", Guard(Action.SEE_RUNS, staffed=STAFFED), of="MatchRun"),
    ),
    edges={
        "parts": Many("ScorePart", SAME, "{t}.criterion"),
        "alternatives": Many("ProposalAlternative", SAME, "{t}.number", CHOICE),
        "barred": Many("BarredCount", SAME, "{t}.count DESC, {t}.rule", CHOICE),
    },
)

# A run weighs as it was requested, everything else as the programme did.
# What one wishes of the other side is told by no part: it would tell what the other has said of themself.
SCORE_PART: Final = Shape(
    "ScorePart",
    "(SELECT w.proposal_id, w.program_id, e.key AS criterion, e.value::text::int AS score,"
    " coalesce((SELECT (x ->> 'parts')::int"
    " FROM match_runs r, jsonb_array_elements(r.settings -> 'weights') x"
    " WHERE r.run_id = w.run_id AND x ->> 'criterion' = e.key),"
    " (SELECT (x ->> 'parts')::int"
    " FROM program_versions n, jsonb_array_elements(n.settings -> 'matching' -> 'weights') x"
    " WHERE n.program_id = w.program_id AND n.settings_version = w.settings_version"
    " AND x ->> 'criterion' = e.key)) AS weight"
    " FROM proposals w, jsonb_each(w.parts) e WHERE e.key <> 'preference')",
    columns=(
        Column("criterion", Kind.ENUM, "{t}.criterion"),
        Column("score", Kind.INT, "{t}.score"),
        Column("weight", Kind.INT, "{t}.weight", Guard(Action.SEE_SETTINGS, staffed=STAFFED)),
    ),
)

PROPOSAL_ALTERNATIVE: Final = Shape(
    "ProposalAlternative",
    "proposal_alternatives",
    key="({t}.proposal_id::text || '/' || {t}.number::text)",
    key_type="text",
    columns=(Column("score", Kind.INT, "{t}.score"), Column("rank", Kind.INT, "{t}.rank")),
    edges={"participant": One("Participant", "{t}.participant_id = {p}.participant_id", named("{p}"))},
)

# Who is avoided is told what they are told whom nobody can have: so it is counted, too.
BARRED_COUNT: Final = Shape(
    "BarredCount",
    "(SELECT w.proposal_id,"
    " CASE WHEN e.key IN ('avoided', 'declined_for_good') THEN 'capacity' ELSE e.key END AS rule,"
    " sum(e.value::text::int)::int AS count"
    " FROM proposals w, jsonb_each(w.provenance -> 'barred') e GROUP BY 1, 2)",
    columns=(Column("rule", Kind.TEXT, "{t}.rule"), Column("count", Kind.INT, "{t}.count")),
)

PROPOSAL_ORDERS: Final = NEWEST_PROPOSAL
PROPOSAL_FILTERS: Final = {
    "program": Filter("{t}.program_id = {v}", "uuid", of="Program"),
    "participant": Filter(
        "{t}.proposal_id IN (SELECT m.proposal_id FROM proposal_members m WHERE m.participant_id = {v})",
        "uuid",
        of="Participant",
        guard=named("{t}"),
    ),
    **STATES_AND_MODES,
    "run": Filter("{t}.run_id = {v}", "uuid", of="MatchRun", guard=Guard(Action.SEE_RUNS, staffed=STAFFED)),
}

SHAPES: Final = (
    PROPOSAL,
    PROPOSAL_MEMBER,
    PROPOSAL_EXPLANATION,
    SCORE_PART,
    PROPOSAL_ALTERNATIVE,
    BARRED_COUNT,
)
