"""How the matching board is read: runs, their pairs, who stays without and what was chosen by hand."""

from typing import Final

from domain.permissions import Action
from projections.log_shapes import log_of
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Many, One, Order, Shape
from projections.staffing import staff_of

MODELS: Final = ("board",)
"""The read models these shapes are made of."""

SAME_RUN: Final = "{t}.run_id = {p}.run_id"
# In a blind review nobody is told who is who before it is decided.
HIDDEN: Final = (
    "EXISTS (SELECT FROM match_runs r WHERE r.run_id = %s.run_id AND r.blind AND r.state <> 'published')"
)
SHOWN: Final = "NOT " + HIDDEN % "{p}"

RUN_ORDERS: Final = {
    "requested_at": Order((Key("{t}.requested_position", "bigint"),)),
    "requested_at_desc": Order((Key("{t}.requested_position", "bigint"),), descending=True),
}
RUN_FILTERS: Final = {
    "program": Filter("{t}.program_id = {v}", "uuid", of="Program"),
    "states": Filter("{t}.state = ANY ({v})", "text[]"),
}
RUN_STATES: Final = {"states": RUN_FILTERS["states"]}

MATCH_RUN: Final = Shape(
    "MatchRun",
    "match_runs",
    key="{t}.run_id",
    seen=(Guard(Action.SEE_RUNS, staffed=staff_of("{t}.program_id")),),
    columns=(
        Column("id", Kind.ID, "{t}.run_id", of="MatchRun"),
        Column("state", Kind.ENUM, "{t}.state"),
        Column("label", Kind.TEXT, "{t}.label"),
        Column("settings_version", Kind.INT, "{t}.settings_version"),
        Column("settings", Kind.JSON, "{t}.settings"),
        Column("relationship", Kind.JSON, "{t}.type"),
        Column("seed", Kind.TEXT, "{t}.seed::text"),
        Column("pool_position", Kind.POSITION, "{t}.pool_position"),
        Column("pool_digest", Kind.TEXT, "{t}.pool_digest"),
        Column("revision", Kind.INT, "{t}.revision"),
        Column("shown_revision", Kind.INT, "{t}.shown_revision"),
        Column("engine", Kind.INT, "{t}.engine"),
        Column("inputs_digest", Kind.TEXT, "{t}.inputs_digest"),
        Column("digest", Kind.TEXT, "{t}.digest"),
        Column("pair_count", Kind.INT, "{t}.pairs"),
        Column("approved_count", Kind.INT, "{t}.approved"),
        Column("unmatched_count", Kind.INT, "{t}.unmatched"),
        Column("failure_code", Kind.TEXT, "{t}.failure_code"),
        Column("failure", Kind.TEXT, "{t}.failure"),
        Column("requested_at", Kind.TIMESTAMP, "{t}.requested_at"),
        Column("computed_at", Kind.TIMESTAMP, "{t}.computed_at"),
        Column("published_at", Kind.TIMESTAMP, "{t}.published_at"),
        Column("ended_at", Kind.TIMESTAMP, "{t}.ended_at"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "program": One("Program", "{t}.program_id = {p}.program_id"),
        "reference": One("MatchRun", "{t}.run_id = {p}.reference_id"),
        "totals": One("MatchTotals", SAME_RUN + " AND {t}.totals IS NOT NULL"),
        "progress": One("MatchProgress", SAME_RUN),
        "pairs": Connection(
            "MatchPair",
            SAME_RUN,
            {"": Order((Key("{t}.number", "int"),))},
            {
                "participant": Filter(
                    "({v} = ANY ({t}.mentors || {t}.mentees) AND NOT " + HIDDEN % "{t}" + ")",
                    "uuid",
                    of="Participant",
                ),
                "approved": Filter("{t}.approved = {v}", "boolean"),
            },
        ),
        "unmatched": Connection(
            "UnmatchedPerson",
            SAME_RUN,
            {"": Order((Key("{t}.person_key", "uuid"),))},
            {
                "side": Filter("{t}.side = {v}", "text"),
                "reason": Filter("{t}.reason = {v}", "text"),
                "rule": Filter("{v} = ANY ({t}.rules)", "text"),
            },
        ),
        "choices": Many("PairChoice", SAME_RUN, "{t}.choice_id"),
        "log": log_of("{p}.run_id"),
    },
)


def _total(name: str) -> Column:
    return Column(name, Kind.INT, f"({{t}}.totals ->> '{name}')::bigint")


GAP: Final = (
    "CASE WHEN ({t}.totals ->> 'bound')::bigint = 0 THEN 0 ELSE round((({t}.totals ->> 'bound')::numeric"
    " - ({t}.totals ->> 'total')::numeric) * 1000000 / ({t}.totals ->> 'bound')::numeric)::bigint END"
)

MATCH_TOTALS: Final = Shape(
    "MatchTotals",
    "match_runs",
    columns=(
        *map(_total, ("mentees", "mentors", "places", "placed", "total", "bound")),
        Column("gap", Kind.INT, GAP),
        *map(_total, ("worst", "fifth", "mean", "top_three", "moved")),
    ),
)

MATCH_PROGRESS: Final = Shape(
    "MatchProgress",
    "match_progress",
    columns=(
        Column("stage", Kind.TEXT, "{t}.stage"),
        Column("done", Kind.INT, "{t}.done"),
        Column("total", Kind.INT, "{t}.total"),
        Column("updated_at", Kind.TIMESTAMP, "{t}.updated_at"),
    ),
)

NOT_PROPOSED: Final = (
    "(SELECT n.%s FROM match_not_proposed n WHERE n.run_id = {t}.run_id AND n.number = {t}.number)"
)


def _members(side: str) -> Many:
    """In the engine's order: of several mentors the host is the first."""
    of_pair = f"{SAME_RUN} AND {{t}}.participant_id = ANY ({{p}}.{side})"
    return Many("MatchPerson", of_pair, f"array_position({{p}}.{side}, {{t}}.participant_id)")


MATCH_PAIR: Final = Shape(
    "MatchPair",
    "run_pairs",
    key="{t}.pair_id",
    columns=(
        Column("number", Kind.INT, "{t}.number"),
        Column("score", Kind.INT, "{t}.score"),
        Column("mentee_score", Kind.INT, "{t}.mentee_score"),
        Column("mentor_score", Kind.INT, "{t}.mentor_score"),
        Column("parts", Kind.JSON, "{t}.parts"),
        Column("answered", Kind.INT, "{t}.answered"),
        Column("asked", Kind.INT, "{t}.asked"),
        Column("rank", Kind.INT, "{t}.rank"),
        Column("locked", Kind.BOOL, "{t}.locked"),
        Column("approved", Kind.BOOL, "{t}.approved"),
        Column("not_proposed_code", Kind.TEXT, NOT_PROPOSED % "code"),
        Column("not_proposed", Kind.TEXT, NOT_PROPOSED % "reason"),
    ),
    edges={
        "mentors": _members("mentors"),
        "mentees": _members("mentees"),
        "proposal": One("Proposal", "{t}.proposal_id = {p}.pair_id AND {t}.run_id = {p}.run_id"),
    },
)

MATCH_PERSON: Final = Shape(
    "MatchPerson",
    "run_people",
    key="{t}.person_key",
    columns=(Column("label", Kind.TEXT, "upper(left({t}.person_key::text, 8))"),),
    edges={"participant": One("Participant", "{t}.participant_id = {p}.participant_id AND " + SHOWN)},
)

UNMATCHED: Final = Shape(
    "UnmatchedPerson",
    "run_unmatched",
    key="{t}.person_key",
    columns=(
        Column("side", Kind.ENUM, "{t}.side"),
        Column("reason", Kind.ENUM, "{t}.reason"),
        Column("rules", Kind.TEXTS, "{t}.rules"),
    ),
    edges={"person": One("MatchPerson", "{t}.person_key = {p}.person_key")},
)

PAIR_CHOICE: Final = Shape(
    "PairChoice",
    "run_choices",
    key="{t}.choice_id",
    columns=(Column("choice", Kind.ENUM, "{t}.choice"),),
    edges={
        "mentee": One("MatchPerson", SAME_RUN + " AND {t}.participant_id = {p}.mentee"),
        "mentor": One("MatchPerson", SAME_RUN + " AND {t}.participant_id = {p}.mentor"),
    },
)

SHAPES: Final = (
    MATCH_RUN,
    MATCH_TOTALS,
    MATCH_PROGRESS,
    MATCH_PAIR,
    MATCH_PERSON,
    UNMATCHED,
    PAIR_CHOICE,
)
