"""What a test of the import needs: an organisation, a folder, and the import's steps by short names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from deploy import import_plan, import_run, import_undo
from deploy.import_plan import Plan
from deploy.import_run import Change, Import, Tally
from deploy.import_undo import Undone
from domain.command import Command, Receipt
from domain.event import DomainEvent
from domain.ids import ImportId, ParticipantId
from domain.participant import PARTICIPANT, Participant
from domain.store import Database, Decision, Store

HEADINGS = "external_id,name,email,job_title,department,manager"


def ignore(_: int) -> None:
    """Nobody watches the progress of a test."""


@dataclass
class Desk:
    database: Database
    store: Store
    folder: Path

    def file(self, *lines: str, headings: str = HEADINGS) -> Path:
        path = self.folder / "people.csv"
        path.write_text("\n".join([headings, *lines]) + "\n", encoding="utf-8")
        return path

    def plan(self, path: Path, source: str = "csv") -> Plan:
        known = import_plan.organisation(self.database, self.store)
        return import_plan.plan(path, source, self.store, known, ignore)

    def preview(self, path: Path, source: str = "csv") -> tuple[Tally, list[Change]]:
        known = import_plan.organisation(self.database, self.store)
        drawn = import_plan.plan(path, source, self.store, known, ignore)
        changes: list[Change] = []
        return import_run.preview(
            drawn, known, self._import(ImportId(uuid4())), changes.append, ignore
        ), changes

    def run(
        self, path: Path, import_id: ImportId | None = None, source: str = "csv", *, mark_left: bool = False
    ) -> tuple[ImportId, Tally]:
        known = import_plan.organisation(self.database, self.store)
        drawn = import_plan.plan(path, source, self.store, known, ignore)
        given = self._import(import_id or ImportId(uuid4()))
        tally = import_run.run(drawn, known, given, ignore)
        if mark_left:
            import_run.mark_absent_left(drawn, given, tally)
        return given.id, tally

    def undo(self, import_id: ImportId, *, erase: bool = False) -> Undone:
        people = import_undo.touched_by(self.database, import_id)
        return import_undo.undo(self.store, import_id, people, "service:test", ignore, erase=erase)

    def person(self, external_id: str, source: str = "csv") -> ParticipantId:
        return import_plan.person_of(self.store, source, external_id)

    def state(self, external_id: str, source: str = "csv") -> Participant:
        return self.store.load(PARTICIPANT.stream(self.person(external_id, source))).state

    def events(self, external_id: str) -> Sequence[DomainEvent]:
        return [recorded.event for recorded in self.store.history(self.person(external_id))]

    def says(self, external_id: str, decision: Decision, **arguments: Any) -> Receipt:
        """The person themself does something."""
        person = self.person(external_id)
        return self.store.act(
            Command(uuid4(), str(person)), PARTICIPANT.stream(person), decision, **arguments
        )

    def _import(self, import_id: UUID) -> Import:
        return Import(ImportId(import_id), "service:test", self.store, self.database)
