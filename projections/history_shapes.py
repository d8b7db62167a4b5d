"""How the history of relationships is read: each entry by whoever may know of it, its words by fewer."""

from dataclasses import replace
from typing import Final

from domain.permissions import Action
from projections.confidentiality import content, happened
from projections.history_entries import TOLD
from projections.log_shapes import STREAM
from projections.sentences import NAMELESS, sentence_sql
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Many, One, Order, Shape

MODELS: Final = ("history",)
"""The read models these shapes are made of."""

ROW: Final = "{t}.mentorship_id"
AT: Final = "{t}.at"
GOVERNED: Final = {
    "messages": Action.SEE_MESSAGES,
    "notes": Action.SEE_NOTES,
    "meetings": Action.SEE_MEETINGS,
    "goals": Action.SEE_GOALS,
    "documents": Action.SEE_DOCUMENTS,
    "check_ins": Action.SEE_CHECK_INS,
    "concerns": Action.SEE_CONCERNS,
    "surveys": Action.SEE_SURVEYS,
}
"""The kinds of content that an entry can have."""

_MINE: Final = "({t}.private_to = {viewer} OR ({t}.private_to IS NULL AND NOT {t}.hidden))"
# What is hidden from members but for one is no secret to staff, unless it is that one's alone.
_FOR_ONE: Final = "{t}.hidden AND NOT {t}.staff"
_HAPPENED: Final = happened(ROW, AT)
_OPEN: Final = f"{ROW} IS NOT NULL AND NOT ({_FOR_ONE}) AND {_HAPPENED.when}"
SEEN: Final = replace(
    _HAPPENED, own=f"(NOT {{t}}.hidden OR {{t}}.private_to = {{viewer}}) AND {_HAPPENED.own}", when=_OPEN
)
SEEN_BY_ONE: Final = Guard(
    Action.SEE_NOTES, own=f"{_FOR_ONE} AND {{t}}.private_to = {{viewer}} AND {_HAPPENED.own}"
)


def _governed(kind: str, action: Action) -> Guard:
    """The kind is asked first: it costs nothing, and rules out all guards but one."""
    guard, of_kind = content(kind, action, ROW, AT), f"{{t}}.content = '{kind}'"
    return replace(
        guard,
        own=f"{of_kind} AND {_MINE} AND {guard.own}",
        staffed=f"{of_kind} AND {{t}}.staff AND {guard.staffed}",
        opened=f"{of_kind} AND NOT ({_FOR_ONE}) AND {guard.opened}",
    )


READABLE: Final = (
    replace(SEEN, when=f"{{t}}.content IS NULL AND {SEEN.when}"),
    *(_governed(kind, action) for kind, action in GOVERNED.items()),
)
"""Whoever reads what was said."""
NAMES: Final = (Guard(Action.SEE_NAMES, own="true"),)
"""A guest knows the names of those they share a relationship with, and reads no other history."""

_KNOWN: Final = "({t}.facts || CASE WHEN {readable} THEN {t}.details ELSE '{{}}' END)"
_ATTENDED: Final = sorted(
    f"'{event.event_name}'" for event, told in TOLD.items() if told.people in told.details
)
_NAME_OF: Final = f"coalesce(CASE WHEN {{names}} THEN p.name END, '{NAMELESS}')"
_SENTENCE: Final = """(SELECT <sentence>
   FROM (SELECT <facts> AS facts,
                (SELECT <name> FROM (SELECT 1) o LEFT JOIN profiles p ON p.participant_id = {t}.by_id
                  WHERE {t}.by_id IS NOT NULL) AS by,
                (SELECT string_agg(<name>, ', ' ORDER BY o.ordinality)
                   FROM unnest({t}.people) WITH ORDINALITY o (id, ordinality)
                   LEFT JOIN profiles p ON p.participant_id = o.id
                  WHERE {t}.name NOT IN (<attended>) OR {readable}) AS people
         OFFSET 0) w)"""
"""Names and facts are found once, not once for every sentence that there could be."""
SENTENCE: Final = (
    _SENTENCE.replace("<sentence>", sentence_sql("{t}.name", "w.facts", "w.by", "w.people"))
    .replace("<facts>", _KNOWN)
    .replace("<name>", _NAME_OF)
    .replace("<attended>", ", ".join(_ATTENDED))
)

QUERY: Final = "(websearch_to_tsquery('english', {v}) || websearch_to_tsquery('simple', {v}))"
_IS_POSITION: Final = "{v} ~ '^[0-9]+$'"
AS_OF: Final = (
    f"({{t}}.position <= CASE WHEN {_IS_POSITION} THEN {{v}}::bigint ELSE 9223372036854775807 END"
    f" AND {{t}}.at <= CASE WHEN {_IS_POSITION} THEN 'infinity' ELSE {{v}}::timestamptz END)"
)
HISTORY_FILTERS: Final = {
    "kinds": Filter("{t}.kind = ANY ({v})", "text[]"),
    "from": Filter("{t}.at >= {v}", "timestamptz"),
    "to": Filter("{t}.at < {v}", "timestamptz"),
    "asOf": Filter(AS_OF, "text"),
    "search": Filter(f"({{t}}.words @@ {QUERY} AND {{readable}})", "text", conditions={"readable": READABLE}),
}
ALL_FILTERS: Final = {"mentorship": Filter(ROW + " = {v}", "uuid", of="Mentorship"), **HISTORY_FILTERS}
BY_POSITION: Final = (Key("{t}.position", "bigint"),)
IN_ORDER: Final = {"": Order(BY_POSITION)}
NEWEST: Final = {"": Order(BY_POSITION, descending=True)}
# Known before any entry is looked at: few relationships of many are one's own.
ONES_OWN: Final = Guard(
    Action.SEE_MENTORSHIPS,
    own=f"{ROW} = ANY (ARRAY(SELECT v.mentorship_id FROM mentorship_members v"  # noqa: S608 every part of it is written here
    " WHERE v.participant_id = {viewer}))",
    staffed="true",
)


def history_of(mentorship: str) -> Connection:
    """One relationship's, in the order things happened."""
    return Connection("HistoryEntry", f"{ROW} = {mentorship}", IN_ORDER, HISTORY_FILTERS)


HISTORY: Final = Connection("HistoryEntry", "true", NEWEST, ALL_FILTERS, guard=ONES_OWN)
"""Of all relationships, the latest first."""

HISTORY_ENTRY: Final = Shape(
    "HistoryEntry",
    "history",
    key="{t}.position",
    key_type="bigint",
    seen=(SEEN, SEEN_BY_ONE),
    columns=(
        Column("id", Kind.ID, "{t}.position", of="HistoryEntry"),
        Column("position", Kind.POSITION, "{t}.position"),
        Column("at", Kind.TIMESTAMP, AT),
        Column("kind", Kind.ENUM, "{t}.kind"),
        Column("name", Kind.TEXT, "{t}.name"),
        Column("about", Kind.ID, STREAM),
        Column("sentence", Kind.TEXT, SENTENCE, conditions={"names": NAMES, "readable": READABLE}),
        Column(
            "text", Kind.TEXT, "CASE WHEN {readable} THEN {t}.text END", conditions={"readable": READABLE}
        ),
        Column(
            "facts",
            Kind.JSON,
            _KNOWN,
            conditions={"readable": READABLE},
        ),
    ),
    edges={
        "actor": One("Participant", "{t}.participant_id = {p}.by_id"),
        "mentorship": One("Mentorship", "{t}.mentorship_id = {p}.mentorship_id"),
        "excerpt": Many(
            "HistoryFragment",
            "{t}.position = {p}.position",
            "{t}.number",
            given={"search": Filter("", "text")},
        ),
    },
)

# Marked by a character that no keyboard has and no page takes for markup; what a text has of it is left out.
_MARK: Final = "chr(2)"
_HEADLINE: Final = (
    f"ts_headline('english', replace(h.text, {_MARK}, ''), {QUERY.replace('{v}', '{search}')},"
    f" concat('MaxFragments=3, MinWords=5, MaxWords=25, StartSel=', {_MARK}, ', StopSel=', {_MARK}))"
)
_FRAGMENTS: Final = """(SELECT h.*, f.number, f.fragment
   FROM history h
  CROSS JOIN LATERAL unnest(string_to_array(<headline>, <mark>)) WITH ORDINALITY f (fragment, number)
  WHERE f.fragment <> '')"""
HISTORY_FRAGMENT: Final = Shape(
    "HistoryFragment",
    _FRAGMENTS.replace("<headline>", _HEADLINE).replace("<mark>", _MARK),
    seen=READABLE,
    columns=(
        Column("text", Kind.TEXT, "{t}.fragment"),
        Column("found", Kind.BOOL, "({t}.number % 2 = 0)"),
    ),
)

SHAPES: Final = (HISTORY_ENTRY, HISTORY_FRAGMENT)
