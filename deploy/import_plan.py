"""The first reading of a people file: which rows hold, who manages whom, who is missing from it.

Of each person only ids are remembered, so 100,000 people take tens of megabytes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy import csv_reader
from deploy.csv_reader import FileUnreadable, Layout, Problem, Record
from deploy.import_rows import COLUMNS, IDENTIFYING, NAMING, Row, digest, parse
from domain.ids import ParticipantId
from domain.store import Database, Store
from projections import catalogue, runner

PEOPLE: Final = "SELECT participant_id, email, manager_id, source, status FROM profiles"
CHUNK: Final = 2_000
SHOWN_IN_A_CIRCLE: Final = 5


@dataclass(slots=True)
class Organisation:
    """Who is there already: of each person who they are managed by; whose an address is."""

    managers: dict[ParticipantId, ParticipantId | None] = field(default_factory=dict)
    by_email: dict[bytes, ParticipantId] = field(default_factory=dict)
    active: dict[str, set[ParticipantId]] = field(default_factory=dict)
    erased: set[ParticipantId] = field(default_factory=set)

    def knows(self, person: ParticipantId) -> bool:
        return person in self.managers or person in self.erased


@dataclass(slots=True)
class Plan:
    """`managers` holds only those whose manager the file says; `absent`: who this source has brought before,
    is still here, and is not in the file.
    """

    path: Path
    source: str
    layout: Layout
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    left_out: set[int] = field(default_factory=set)
    managers: dict[ParticipantId, ParticipantId | None] = field(default_factory=dict)
    absent: list[ParticipantId] = field(default_factory=list)

    def reject(self, line: int, reason: str) -> None:
        self.left_out.add(line)
        self.problems.append(Problem(line, reason))


@dataclass(slots=True)
class _Read:
    """What the first reading must remember of the rows that hold, and of those that do not."""

    lines: dict[ParticipantId, int] = field(default_factory=dict)
    by_email: dict[bytes, ParticipantId] = field(default_factory=dict)
    references: dict[ParticipantId, tuple[ParticipantId, bytes]] = field(default_factory=dict)
    rejected: set[ParticipantId | bytes] = field(default_factory=set)


def person_of(store: Store, source: str, external_id: str) -> ParticipantId:
    """The same id of the same source is the same person, whatever runs at once."""
    return ParticipantId(store.pseudonym("participant", source, external_id))


def examine(path: Path) -> Layout:
    """Raises FileUnreadable where no row could be understood."""
    layout = csv_reader.examine(path, COLUMNS)
    if not layout.known & NAMING:
        raise FileUnreadable(file=path.name, reason="it has no column with names (name, or family_name)")
    if not layout.known & IDENTIFYING:
        raise FileUnreadable(
            file=path.name, reason="it has no column external_id, nor email to tell people apart by"
        )
    return layout


def organisation(database: Database, store: Store) -> Organisation:
    """As of now: the read model is kept up to the end of the log first."""
    runner.catch_up(database, store, [view for view in catalogue.ALL if view.name == "profiles"])
    known = Organisation()
    with database.connect() as connection, connection.transaction(), connection.cursor("people") as people:
        people.itersize = CHUNK
        for person, email, manager, source, status in people.execute(PEOPLE):
            if status == "erased":
                known.erased.add(person)
                continue
            known.managers[person] = manager
            if email:
                known.by_email[digest(email)] = person
            if status == "active":
                known.active.setdefault(source, set()).add(person)
    return known


def plan(path: Path, source: str, store: Store, known: Organisation, progress: Callable[[int], None]) -> Plan:
    drawn, read = Plan(path, source, examine(path)), _Read()
    for record in csv_reader.read(path, drawn.layout, progress):
        drawn.rows += 1
        _note(drawn, read, store, known, record)
    _resolve_managers(drawn, read, known)
    _break_circles(drawn, read, known)
    _forget_managers_left_out(drawn, read, known)
    for person in known.active.get(source, ()):
        if person not in read.lines and person not in read.rejected:
            drawn.absent.append(person)
    drawn.problems.sort(key=lambda problem: problem.line)
    return drawn


def rows(drawn: Plan, progress: Callable[[int], None]) -> Iterator[tuple[int, Row]]:
    """The second reading: only the rows that hold."""
    for record in csv_reader.read(drawn.path, drawn.layout, progress):
        if record.line not in drawn.left_out and isinstance(record, Record):
            row = parse(record)
            if isinstance(row, Row):
                yield record.line, row


def _note(drawn: Plan, read: _Read, store: Store, known: Organisation, record: Record | Problem) -> None:
    row = parse(record) if isinstance(record, Record) else record
    if isinstance(row, Problem):
        drawn.reject(row.line, row.reason)
        if isinstance(record, Record):
            read.rejected |= _identities(store, drawn.source, record.cells)
        return
    person = person_of(store, drawn.source, row.external_id)
    address = digest(row.email) if row.email else None
    reason = _already_there(read, known, person, address)
    if reason is not None:
        drawn.reject(record.line, reason)
        return
    read.lines[person] = record.line
    if address:
        read.by_email[address] = person
    if row.manager:
        read.references[person] = (person_of(store, drawn.source, row.manager), digest(row.manager))
    elif "manager" in row.model_fields_set:
        drawn.managers[person] = None


def _identities(store: Store, source: str, cells: Mapping[str, str]) -> set[ParticipantId | bytes]:
    external_id, email = cells.get("external_id") or cells.get("email"), cells.get("email")
    found: set[ParticipantId | bytes] = {person_of(store, source, external_id)} if external_id else set()
    return found | {digest(email)} if email else found


def _already_there(
    read: _Read, known: Organisation, person: ParticipantId, address: bytes | None
) -> str | None:
    if person in read.lines:
        return f"external_id: the same as in line {read.lines[person]}"
    if address in read.by_email:
        return f"email: the same as in line {read.lines[read.by_email[address]]}"
    if address and known.by_email.get(address, person) != person:
        return "email: belongs to somebody who is already in the organisation under another id"
    return None


def _resolve_managers(drawn: Plan, read: _Read, known: Organisation) -> None:
    """By address or by id; in the file first, then in the organisation."""
    for person, (by_id, address) in read.references.items():
        line = read.lines[person]
        found = (
            read.by_email.get(address)
            or (by_id if by_id in read.lines else None)
            or known.by_email.get(address)
        )
        manager = found or (by_id if by_id in known.managers else None)
        if manager is None and not read.rejected.isdisjoint((by_id, address)):
            _remark(drawn, line)
        elif manager is None:
            drawn.reject(line, "manager: nobody in the file or the organisation has this id or address")
        elif manager == person:
            drawn.reject(line, "manager: nobody can be their own manager")
        else:
            drawn.managers[person] = manager


def _forget_managers_left_out(drawn: Plan, read: _Read, known: Organisation) -> None:
    for person, manager in list(drawn.managers.items()):
        line = read.lines[person]
        if line in drawn.left_out:
            del drawn.managers[person]
        elif manager and read.lines.get(manager) in drawn.left_out and manager not in known.managers:
            del drawn.managers[person]
            _remark(drawn, line)


def _remark(drawn: Plan, line: int) -> None:
    drawn.remarks.append(
        Problem(line, "imported without a manager, because the manager's own row is left out")
    )


def _break_circles(drawn: Plan, read: _Read, known: Organisation) -> None:
    """Whoever reports to themself over others is left out; those who only report into a circle are not."""
    settled: set[ParticipantId] = set()
    for start in list(drawn.managers):
        chain: dict[ParticipantId, None] = {}
        person: ParticipantId | None = start
        while person is not None and person not in settled and person not in chain:
            chain[person] = None
            person = drawn.managers.get(person, known.managers.get(person))
        settled.update(chain)
        if person in chain:
            members = list(chain)
            _leave_out(drawn, read, members[members.index(person) :])


def _leave_out(drawn: Plan, read: _Read, circle: list[ParticipantId]) -> None:
    lines = sorted(read.lines[person] for person in circle if person in read.lines)
    shown = ", ".join(map(str, lines[:SHOWN_IN_A_CIRCLE])) + (
        ", ..." if len(lines) > SHOWN_IN_A_CIRCLE else ""
    )
    for line in lines:
        drawn.reject(line, f"manager: reporting lines go in a circle (lines {shown})")
