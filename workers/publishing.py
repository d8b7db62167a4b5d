"""Makes a proposal of each approved pair of a published run: each once, whoever else is at it.

Whoever does not fit any more is left out, and the board says why.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid5

import psycopg
import structlog

from domain.command import Command
from domain.guards import StillChanging
from domain.ids import MatchRunId, ProgramId, proposal_id
from domain.match_outcome import Found
from domain.match_run import Computed, Published
from domain.matching_settings import Mode
from domain.program_settings import ProgramTerms
from domain.proposal import PROPOSAL, Made, Provenance
from domain.proposing import making
from domain.refusal import Refusal
from domain.store import Conflict, Database, RecordedEvent, Store, SubjectForgotten
from projections import match_progress, parking
from projections.match_progress import Progress
from projections.pairs import read_parties
from projections.run_inputs import RunInputs, last_computed, load_inputs
from workers.causes import Causes, Following
from workers.matching import READ, readable

if TYPE_CHECKING:  # with it come the solvers, which a worker without runs does not need
    from domain.pairing.compiled import Compiled

NAME: Final = "publishing"
BATCH: Final = 100
CALLERS: Final = 8
ATTEMPTS: Final = 5
STAGE: Final = "proposals"

log = structlog.get_logger()


class PairUnreadable(Refusal):
    """This pair could not be proposed: {reason}."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A published run, and what its proposals are made of."""

    run: MatchRunId
    cause: RecordedEvent
    inputs: RunInputs
    program: ProgramId
    computed: Computed

    def made(self, terms: ProgramTerms, found: Found, provenance: Provenance) -> Made:
        kind = self.inputs.terms.type
        return Made(
            program=self.program,
            settings_version=terms.settings_version,
            relationship=kind.id,
            mentors=found.mentors,
            mentees=found.mentees,
            least_mentors=kind.mentors.least,
            least_mentees=kind.mentees.least,
            mode=Mode.ADMINISTRATOR,
            provenance=provenance,
            expires_at=self.cause.recorded_at + timedelta(days=terms.timers.proposal_expires),
        )

    def command(self, number: int) -> Command:
        """However many do this at once, or again, it is one command."""
        return Command(
            uuid5(self.cause.command_id, f"{NAME} {self.run} {number}"),
            NAME,
            correlation_id=self.cause.correlation_id,
            cause="rule",
        )


class Publishing(Following):
    """Follows the log as far as the read models show it: the pool of a run is found there."""

    def __init__(
        self, connection: psycopg.Connection, store: Store, database: Database, stop: threading.Event
    ) -> None:
        super().__init__(Causes(connection, store, NAME, [Published.event_name], READ))
        self._stop = stop
        self._progress = Progress(connection, database)

    def advance(self) -> bool:
        """The next pairs of a run, or the next page of the log; False: the end of what read models show."""
        return next(self._steps, False)

    def _walk(self) -> Iterator[bool]:
        while True:
            reached, page = self._causes.page()
            for cause in page:
                for _ in self._publish(cause):
                    if self._stop.is_set():
                        return
                    yield True
            yield self._causes.move_on(reached)

    def _publish(self, cause: RecordedEvent) -> Iterator[None]:
        run = MatchRunId(cause.stream_id)
        loaded = readable(self._store, run)
        computed = last_computed(self._store, run) if loaded else None
        if loaded is None or loaded.state.requested is None or computed is None:
            return
        numbers = loaded.state.approved_numbers
        pairs = [found for found in computed.pairs if found.number in numbers]
        try:
            inputs = load_inputs(self._store, self.connection, run, loaded)
        except Exception as error:
            if not parking.is_poison(error):
                raise
            for found in pairs:
                self._tell(run, found.number, PairUnreadable(reason=parking.reason_of(error)))
            return
        publication = Publication(run, cause, inputs, loaded.state.requested.program, computed)
        yield from self._propose_all(publication, pairs)

    def _propose_all(self, publication: Publication, pairs: Sequence[Found]) -> Iterator[None]:
        from domain.pairing.compiled import Compiled  # noqa: PLC0415 as above

        inputs = publication.inputs
        compiled = Compiled(inputs.pool, inputs.terms)
        for begin in range(0, len(pairs), BATCH):
            self._propose(publication, compiled, pairs[begin : begin + BATCH])
            self._progress.reached(publication.run, STAGE, min(begin + BATCH, len(pairs)), len(pairs))
            yield
        self._progress.ended(publication.run)
        log.info("match_run.published", run=str(publication.run), pairs=len(pairs))

    def _propose(self, publication: Publication, compiled: "Compiled", pairs: Sequence[Found]) -> None:
        from domain.pairing.provenance import provenance  # noqa: PLC0415 as above

        streams = [PROPOSAL.stream(proposal_id(publication.run, found.number)) for found in pairs]
        known = self._store.load_all(streams)
        missing = [
            (
                found,
                provenance(
                    compiled,
                    found,
                    engine=publication.computed.engine,
                    digest=publication.computed.inputs_digest,
                    run=publication.run,
                ),
            )
            for found, stream in zip(pairs, streams, strict=True)
            if known[stream.id].state.made is None
        ]
        with ThreadPoolExecutor(CALLERS, thread_name_prefix=NAME) as callers:
            refusals = list(callers.map(lambda one: self._try_to_propose(publication, *one), missing))
        for (found, _), refusal in zip(missing, refusals, strict=True):
            self._tell(publication.run, found.number, refusal)

    def _tell(self, run: MatchRunId, number: int, refusal: Refusal | None) -> None:
        if refusal is None:
            match_progress.proposed(self.connection, run, number)
            return
        log.info("match_run.not_proposed", run=str(run), number=number, code=refusal.code)
        match_progress.not_proposed(self.connection, run, number, refusal.code, refusal.sentence)

    def _try_to_propose(
        self, publication: Publication, found: Found, provenance: Provenance
    ) -> Refusal | None:
        """The refusal that lies in the pair itself; what passes is raised, and all is tried again."""
        lost: Exception = StillChanging()
        for _ in range(ATTEMPTS):
            try:
                self._make(publication, found, provenance)
            except (StillChanging, SubjectForgotten, Conflict) as passing:
                lost = passing
            except Refusal as refusal:
                return refusal
            except Exception as error:
                if not parking.is_poison(error):
                    raise
                return PairUnreadable(reason=parking.reason_of(error))
            else:
                return None
        raise lost

    def _make(self, publication: Publication, found: Found, provenance: Provenance) -> None:
        members = (*found.mentors, *found.mentees)
        known = read_parties(self._store, self.connection, publication.program, members)
        made = publication.made(known.program, found, provenance)
        steps = making(proposal_id(publication.run, found.number), made, known.parties)
        self._store.act_together(publication.command(found.number), *steps)
