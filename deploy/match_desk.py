"""What `chiron match` does: request a run, follow it until its pairs are there, approve and publish it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from pydantic import TypeAdapter, ValidationError

from deploy import programs, trouble, wiring
from deploy.settings import Settings
from domain import match_run
from domain.command import Command
from domain.guards import same_terms
from domain.ids import MatchRunId, ProgramId
from domain.match_run import MATCH_RUN
from domain.matching_settings import MatchingSettings
from domain.program import PROGRAM, terms
from domain.program_settings import ProgramTerms
from domain.store import Decision, Step, Store
from domain.words import Line
from projections import catalogue, projection
from projections.run_request import RunWish, on_the_pool_of_now

ACTOR: Final = "operator"
POLL: Final = 0.1
"""Seconds between two looks at how far it is."""
SEEDS: Final = 2**63
LABEL: Final[TypeAdapter[str | None]] = TypeAdapter(Line | None)

BOARD: Final = """
SELECT r.state, r.failure_code, r.failure, p.stage, p.done, p.total,
       r.approved - (SELECT count(*) FROM proposals q WHERE q.run_id = r.run_id)
                  - (SELECT count(*) FROM match_not_proposed n WHERE n.run_id = r.run_id)
  FROM match_runs r LEFT JOIN match_progress p USING (run_id)
 WHERE r.run_id = %(run)s
"""

Told = Callable[[str, int, int], None]
"""Stage, done, of."""


class MatchingUnusable(trouble.Trouble):
    """These settings cannot be: {reason}."""


class LabelUnusable(trouble.Trouble):
    """A run cannot be called that: {reason}."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run stands; `missing` approved pairs are neither proposed nor left out yet."""

    state: str
    failure_code: str | None
    failure: str | None
    stage: str | None
    done: int | None
    total: int | None
    missing: int


@dataclass(frozen=True, slots=True)
class Desk:
    """`connection` reads the read models, which somebody keeps up meanwhile."""

    settings: Settings
    store: Store
    connection: psycopg.Connection[tuple[Any, ...]]
    pause: threading.Event

    def find(self, program: str) -> ProgramId:
        self.catch_up()
        return programs.named(self.connection, program)

    def request(self, program: ProgramId, said: dict[str, Any], label: str | None) -> MatchRunId:
        """On the pool of now. Raises the refusals of a request."""
        held = terms(self.store.load(PROGRAM.stream(program)).state, program)
        match_run.refuse_unmatchable(held)
        run = MatchRunId(uuid4())
        wish = RunWish(changed(held.matching, said), drawn=run.int % SEEDS, label=called(label))
        position = self.catch_up()
        requested = on_the_pool_of_now(self.connection, held, wish, position)
        self._act(run, match_run.request, held, requested=requested)
        return run

    def publish(self, run: MatchRunId, program: ProgramId) -> None:
        held = terms(self.store.load(PROGRAM.stream(program)).state, program)
        self.store.act(Command(uuid4(), ACTOR), MATCH_RUN.stream(run), match_run.approve_pairs)
        self._act(run, match_run.publish, held)

    def _act(self, run: MatchRunId, decision: Decision, held: ProgramTerms, **arguments: Any) -> None:
        self.store.act_together(
            Command(uuid4(), ACTOR),
            Step(MATCH_RUN.stream(run), decision, {"program": held, **arguments}),
            Step(PROGRAM.stream(held.program), same_terms, {"terms": held}, guard=True),
        )

    def follow(self, run: UUID, tell: Told, over: Callable[[Standing], bool]) -> Standing:
        """Until it is so; whoever works on it, here or elsewhere."""
        while True:
            found = self.standing(run)
            if found is not None:
                if found.stage is not None:
                    tell(found.stage, found.done or 0, found.total or 0)
                if over(found):
                    return found
            self.pause.wait(POLL)

    def standing(self, run: UUID) -> Standing | None:
        """None: the board does not show it yet."""
        row = self.connection.execute(BOARD, {"run": run}).fetchone()
        return Standing(*row) if row else None

    def catch_up(self) -> int:
        """Until the read models show all that has happened so far; gives how far that is."""
        position = self.store.head()
        while self.shown() < position:
            self.pause.wait(POLL)
        return position

    def shown(self) -> int:
        """As far as all read models show the log."""
        kept = {one.name for one in catalogue.ALL}
        stand = projection.status(wiring.database(self.settings))
        return min(status.position for status in stand if status.name in kept)


@contextmanager
def opened(settings: Settings) -> Iterator[Desk]:
    """With workers of our own meanwhile: where others are at work, ours only wait to take over."""
    stop, never = threading.Event(), threading.Event()
    workers = threading.Thread(target=wiring.work, args=(settings, stop), name="workers")
    with (
        wiring.open_store(settings) as store,
        wiring.database(settings).connect() as connection,
    ):
        workers.start()
        try:
            yield Desk(settings, store, connection, never)
        finally:
            stop.set()
            workers.join()


def changed(held: MatchingSettings, said: dict[str, Any]) -> MatchingSettings:
    try:
        return MatchingSettings(**{**held.model_dump(), **said})
    except ValidationError as error:
        raise MatchingUnusable(reason=_reason(error)) from None


def called(label: str | None) -> str | None:
    try:
        return LABEL.validate_python(label)
    except ValidationError as error:
        raise LabelUnusable(reason=_reason(error)) from None


def _reason(error: ValidationError) -> str:
    reason: str = error.errors(include_input=False, include_url=False)[0]["msg"]
    return reason.removeprefix("Value error, ")


def weights(text: str) -> tuple[dict[str, Any], ...]:
    """`competencies=5000,languages=5000`, as the settings have it."""
    parts = [part.partition("=") for part in text.split(",")]
    return tuple({"criterion": name.strip(), "parts": share.strip()} for name, _, share in parts)
