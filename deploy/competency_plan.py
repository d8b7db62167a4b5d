"""A file of competencies, row by row, and what each row would change about the catalogue."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from deploy import csv_reader
from deploy.csv_reader import FileUnreadable, Layout, Problem, Record
from domain import competency
from domain.competency import COMPETENCY, Competency, Lineage
from domain.event import DomainEvent
from domain.ids import CompetencyId, competency_id
from domain.profile import key_of
from domain.refusal import Refusal
from domain.store import Database, Store
from projections import catalogue, runner

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "label": ("name", "preferred label", "competency", "skill", "title"),
    "parent": ("broader", "parent label", "branch", "group"),
    "synonyms": ("alternative labels", "alt labels", "also called"),
}
"""Column -> the headings that also mean it. Any other heading that is one word names another catalogue."""

SCHEME: Final = re.compile(r"[a-z][a-z0-9_-]{0,59}")
ENTRIES: Final = "SELECT competency_id FROM competencies"


@dataclass(frozen=True, slots=True)
class Row:
    """None is a column that is not there, which says nothing; an empty cell empties the field."""

    line: int
    label: str
    parent: str | None
    synonyms: tuple[str, ...] | None
    external_ids: Mapping[str, str]


@dataclass(slots=True)
class Catalogue:
    """As it stands: every entry, and whose label or synonym a word is, by its key."""

    entries: dict[CompetencyId, Competency] = field(default_factory=dict)
    labels: dict[str, CompetencyId] = field(default_factory=dict)
    synonyms: dict[str, CompetencyId] = field(default_factory=dict)

    def hold(self, entry: CompetencyId, state: Competency) -> None:
        before = self.of(entry)
        self._forget(self.labels, entry, [before.label])
        self._forget(self.synonyms, entry, before.synonyms)
        self.entries[entry] = state
        self.labels[key_of(state.label)] = entry
        self.synonyms.update({key_of(word): entry for word in state.synonyms})

    @staticmethod
    def _forget(owners: dict[str, CompetencyId], entry: CompetencyId, words: Iterable[str]) -> None:
        for key in map(key_of, words):
            if owners.get(key) == entry:
                del owners[key]

    def of(self, entry: CompetencyId) -> Competency:
        return self.entries.get(entry, Competency())

    def taken(self, oneself: CompetencyId, words: Iterable[str]) -> frozenset[str]:
        owners = {key: {self.labels.get(key), self.synonyms.get(key)} for key in map(key_of, words)}
        return frozenset(key for key, owned in owners.items() if owned - {None, oneself})


@dataclass(frozen=True, slots=True)
class Change:
    """What a row decides about its entry; `before` is how it stood, `after` how it will."""

    row: Row
    entry: CompetencyId
    events: tuple[DomainEvent, ...]
    arguments: Mapping[str, Any]
    before: Competency
    after: Competency

    @property
    def is_new(self) -> bool:
        return self.before.definition is None


@dataclass(slots=True)
class Plan:
    layout: Layout
    rows: int = 0
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def enter(
    state: Competency,
    *,
    oneself: CompetencyId,
    row: Row,
    new: bool,
    lineage: Lineage,
    taken: frozenset[str],
) -> list[DomainEvent]:
    """As the row says. `new`: nothing in the catalogue has this label yet."""
    if new:
        said = {scheme: held for scheme, held in row.external_ids.items() if held}
        words = row.synonyms or ()
        return competency.define(
            state,
            oneself=oneself,
            label=row.label,
            lineage=lineage,
            synonyms=words,
            external_ids=said,
            taken=taken,
        )
    decided: list[DomainEvent] = []
    for wish in _wishes(oneself, row, lineage, taken):
        decided += wish(functools.reduce(COMPETENCY.evolve, decided, state))
    return decided


def _wishes(
    oneself: CompetencyId, row: Row, lineage: Lineage, taken: frozenset[str]
) -> Iterator[Callable[[Competency], list[DomainEvent]]]:
    yield functools.partial(competency.describe, label=row.label, synonyms=row.synonyms, taken=taken)
    if row.parent is not None:
        yield functools.partial(competency.move, oneself=oneself, lineage=lineage)
    for scheme, external_id in row.external_ids.items():
        if external_id:
            yield functools.partial(competency.link, scheme=scheme, external_id=external_id)
        else:
            yield functools.partial(competency.unlink, scheme=scheme)


def examine(path: Path) -> Layout:
    """Raises FileUnreadable where no row could be understood."""
    layout = csv_reader.examine(path, COLUMNS)
    if "label" not in layout.known:
        raise FileUnreadable(file=path.name, reason="it has no column with labels (label)")
    schemes = {heading.lower() for heading in layout.unknown if SCHEME.fullmatch(heading.lower())}
    return csv_reader.examine(path, {**COLUMNS, **dict.fromkeys(sorted(schemes), ())})


def standing(database: Database, store: Store) -> Catalogue:
    """As of now: the read model is kept up to the end of the log first."""
    runner.catch_up(database, store, [view for view in catalogue.ALL if view.name == "competencies"])
    with database.connect() as connection:
        streams = [COMPETENCY.stream(entry) for (entry,) in connection.execute(ENTRIES)]
    known = Catalogue()
    for entry, loaded in store.load_all(streams).items():
        known.hold(CompetencyId(entry), loaded.state)
    return known


def plan(path: Path, known: Catalogue) -> Plan:
    """What the file would change; `known` becomes what the catalogue would be."""
    drawn = Plan(examine(path))
    rows: dict[str, Row] = {}
    lines: dict[str, int] = {}
    for record in csv_reader.read(path, drawn.layout):
        drawn.rows += 1
        row = _row(record) if isinstance(record, Record) else record
        if isinstance(row, Row):
            row = _first_to_say(row, lines)
        if isinstance(row, Problem):
            drawn.problems.append(row)
        else:
            rows[key_of(row.label)] = row
    for row in _parents_first(drawn, rows):
        _decide(drawn, known, row)
    drawn.problems.sort(key=lambda problem: problem.line)
    return drawn


def _row(record: Record) -> Row | Problem:
    cells = dict(record.cells)
    label, parent, synonyms = (cells.pop(column, None) for column in COLUMNS)
    if not label:
        return Problem(record.line, "has no label")
    words = None if synonyms is None else tuple(filter(None, map(str.strip, synonyms.split(";"))))
    return Row(record.line, " ".join(label.split()), parent, words, cells)


def _first_to_say(row: Row, lines: dict[str, int]) -> Row | Problem:
    """A word means one entry: that of the first row which has it."""
    words = {key_of(word): word for word in (row.label, *(row.synonyms or ()))}
    for key, word in words.items():
        if key in lines:
            return Problem(row.line, f"{word} stands in line {lines[key]} already")
    lines.update(dict.fromkeys(words, row.line))
    return row


def _parents_first(drawn: Plan, rows: Mapping[str, Row]) -> Iterator[Row]:
    """A parent that is in the file is entered before what stands below it."""
    waiting = dict(rows)
    while waiting:
        ready = [key for key, row in waiting.items() if key_of(row.parent or "") not in waiting]
        for key in ready:
            yield waiting.pop(key)
        if not ready:
            reason = "its parent is the entry itself, or leads in a circle back to it"
            drawn.problems += [Problem(row.line, reason) for row in waiting.values()]
            return


def _decide(drawn: Plan, known: Catalogue, row: Row) -> None:
    key = key_of(row.label)
    entry = known.labels.get(key, competency_id(key))
    above = _parent(known, row)
    if isinstance(above, Problem):
        drawn.problems.append(above)
        return
    before = known.of(entry)
    arguments: dict[str, Any] = {
        "oneself": entry,
        "row": row,
        "new": key not in known.labels,
        "lineage": competency.lineage(above, known.of),
        "taken": known.taken(entry, [row.label, *(row.synonyms or ())]),
    }
    try:
        events = enter(before, **arguments)
    except (Refusal, ValidationError) as error:
        drawn.problems.append(Problem(row.line, _reason(error)))
        return
    if not events:
        drawn.unchanged += 1
        return
    after = functools.reduce(COMPETENCY.evolve, events, before)
    drawn.changes.append(Change(row, entry, tuple(events), arguments, before, after))
    known.hold(entry, after)


def _parent(known: Catalogue, row: Row) -> CompetencyId | Problem | None:
    if not row.parent:
        return None
    key = key_of(row.parent)
    found = known.labels.get(key, known.synonyms.get(key))
    return found or Problem(row.line, f"its parent {row.parent} is neither in the catalogue nor in the file")


def _reason(error: Refusal | ValidationError) -> str:
    if isinstance(error, Refusal):
        return error.sentence
    (first, *_) = error.errors(include_input=False, include_url=False)
    return f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}"
