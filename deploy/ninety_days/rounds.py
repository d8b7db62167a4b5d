"""How the demo's people came together in the past: by a run where administrators match, else by the mentees'
own wishes; and what the proposed said.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import uuid5

import psycopg

from deploy.demo_people import Scene
from deploy.demo_programs import DEMO
from deploy.ninety_days.past import PastStore, Shown
from domain import match_request, match_run
from domain.aggregate import Decision, Step
from domain.command import Command
from domain.ids import (
    MatchRunId,
    MentorshipId,
    ParticipantId,
    ProposalId,
    enrollment_id,
    mentorship_id,
    proposal_id,
)
from domain.match_outcome import Found
from domain.match_request import FrozenPool
from domain.match_run import MATCH_RUN
from domain.matching_settings import Mode
from domain.pairing.bulk import compute
from domain.pairing.compiled import Compiled
from domain.pairing.provenance import provenance
from domain.pairing.terms import ENGINE, Terms
from domain.program_settings import StaffRole
from domain.proposal import PROPOSAL, Made
from domain.proposing import accepting, declining, making
from domain.store import Database
from projections.pairs import read_parties
from projections.pool import Frozen, freeze, load_pool
from projections.run_inputs import last_computed
from workers.matching import READ, Matching
from workers.publishing import Publishing
from workers.tasks import persist

CALLERS: Final = 8
DECLINED: Final = 24
"""Of so many proposals, one."""
NO_TIME: Final = "I have just taken over a second team; please find somebody with more time."
HOPES: Final = "I have read what you offer, and would like to learn how you do it. May I ask you?"
SHOWN: Final = (*READ, "board")
IN: Final = """
SELECT max(position) FROM events WHERE stream_id = ANY (%(parts)s) AND name = 'enrollment.approved'
"""

Steps = Callable[..., tuple[Step, ...]]
"""What an answer takes."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of matching in a programme, from the moment at which it is asked for.

    `mentees` are all who have come in by then, in an order that stays.
    """

    scene: Scene
    label: str
    moment: datetime
    mentees: Sequence[ParticipantId]

    @property
    def id(self) -> MatchRunId:
        return MatchRunId(uuid5(self.scene.sketch.id, self.label))

    def wish_of(self, mentee: ParticipantId) -> ProposalId:
        return ProposalId(uuid5(self.id, f"wish of {mentee}"))

    def staff(self, role: StaffRole) -> ParticipantId:
        return next(person for person, held in self.scene.staff if held is role)


class Matchmaker:
    """Brings one round about, each thing once, however often it is begun."""

    def __init__(
        self, database: Database, store: PastStore, connection: psycopg.Connection, shown: Shown
    ) -> None:
        self._database, self._store, self._connection, self._shown = database, store, connection, shown

    def hold(self, held: Round) -> dict[int, MentorshipId]:
        """The relationships that it led to, each by a number that stays the same."""
        self._show(held.moment)
        runs = Mode.ADMINISTRATOR in held.scene.terms.matching.modes
        proposals = self._by_a_run(held) if runs else self._by_wishes(held)
        made = self._store.load_all([PROPOSAL.stream(id_) for id_ in proposals.values()])
        waiting = {number: id_ for number, id_ in proposals.items() if made[id_].state.made}
        with ThreadPoolExecutor(CALLERS, thread_name_prefix="answers") as callers:
            begun = list(callers.map(partial(self._answer, held), waiting, waiting.values()))
        return {number: id_ for number, id_ in zip(waiting, begun, strict=True) if id_}

    def _frozen_at(self, held: Round) -> int:
        """Where the last of them had come in: begun again, a round is of the same pool."""
        parts = [enrollment_id(held.scene.terms.program, who) for who in held.mentees]
        found = self._connection.execute(IN, {"parts": parts}).fetchone()
        return found[0] if found and found[0] else self._store.head()

    def _show(self, moment: datetime) -> None:
        """What has happened, and from now on it is that moment."""
        self._shown.keep_up(SHOWN)
        self._store.moment = moment

    # -- by a run

    def _by_a_run(self, held: Round) -> dict[int, ProposalId]:
        """By the workers themselves, who do not know that it is long ago."""
        stop, terms = threading.Event(), held.scene.terms
        position = self._frozen_at(held)
        frozen = FrozenPool(position, freeze(self._connection, terms.program, position))
        asked = match_request.requested(terms, terms.matching, frozen, seed=7, label=held.label)
        self._decide(held, "request", match_run.request, program=terms, requested=asked)
        self._show(held.moment + timedelta(minutes=2))
        _work_off(Matching(self._connection, self._store, self._database, stop))
        computed = last_computed(self._store, held.id)
        pairs = computed.pairs if computed else ()
        if pairs:
            self._publish(held, stop)
        return {found.number: proposal_id(held.id, found.number) for found in pairs}

    def _publish(self, held: Round, stop: threading.Event) -> None:
        self._show(held.moment + timedelta(hours=3))
        self._decide(held, "approve", match_run.approve_pairs)
        self._decide(held, "publish", match_run.publish, program=held.scene.terms)
        self._show(held.moment + timedelta(hours=3, minutes=2))
        _work_off(Publishing(self._connection, self._store, self._database, stop))

    def _decide(self, held: Round, what: str, decision: Decision, **wish: Any) -> None:
        command = Command(uuid5(held.id, what), str(held.staff(StaffRole.ADMINISTRATOR)), correlation_id=DEMO)
        self._store.act(command, MATCH_RUN.stream(held.id), decision, **wish)

    # -- by wishes

    def _by_wishes(self, held: Round) -> dict[int, ProposalId]:
        """Each mentee asks whom they would have been matched with, and has a score to show for it."""
        terms = held.scene.terms
        capacity = terms.enrollment.capacity
        frozen = Frozen(terms.program, self._frozen_at(held), terms.matching, capacity)
        pool = load_pool(self._store, self._connection, frozen)
        measured = Terms(terms.matching, terms.types[0], capacity.hours_a_month)
        compiled = Compiled(pool, measured)
        pairs = compute(pool, measured, seed=7).found
        with ThreadPoolExecutor(CALLERS, thread_name_prefix="wishes") as callers:
            list(callers.map(partial(self._wish, held, compiled, pool.digest), pairs))
        return {number: held.wish_of(mentee) for number, mentee in enumerate(held.mentees)}

    def _wish(self, held: Round, compiled: Compiled, digest: str, found: Found) -> None:
        (mentee,), (mentor,) = found.mentees, found.mentors
        id_ = held.wish_of(mentee)
        if self._store.load(PROPOSAL.stream(id_)).state.made:
            return
        made = Made(
            program=held.scene.terms.program,
            settings_version=held.scene.terms.settings_version,
            relationship=held.scene.terms.types[0].id,
            mentors=(mentor,),
            mentees=(mentee,),
            mode=Mode.SELF_DIRECTED,
            rank=1,
            provenance=provenance(compiled, found, engine=ENGINE, digest=digest),
            expires_at=held.moment + timedelta(days=held.scene.terms.timers.proposal_expires),
            author=mentee,
            words=HOPES,
        )

        def attempt() -> None:
            known = read_parties(self._store, self._connection, made.program, (mentor, mentee))
            command = Command(uuid5(id_, "make"), str(mentee), correlation_id=DEMO)
            self._store.act_together(command, *making(id_, made, known.parties))

        persist(attempt)

    # -- what is said to it

    def _answer(self, held: Round, number: int, id_: ProposalId) -> MentorshipId | None:
        """The mentee first, then the mentor, each on a day of their own; None: declined."""
        made = self._store.load(PROPOSAL.stream(id_)).state.made
        assert made is not None  # noqa: S101 only what was made is answered
        hours = 20 + number * 37 % 50
        for turn, who in enumerate((*made.mentees, *made.mentors)):
            at = held.moment + timedelta(hours=hours + turn * 17, minutes=number * 13 % 60)
            if number % DECLINED == DECLINED - 1 and who in made.mentors:
                self._say(held, id_, at, who, declining, reason=NO_TIME)
                return None
            self._say(held, id_, at, who, accepting)
        return mentorship_id(id_)

    def _say(
        self, held: Round, id_: ProposalId, at: datetime, by: ParticipantId, steps: Any, **wish: Any
    ) -> None:
        def attempt() -> None:
            state = self._store.load(PROPOSAL.stream(id_)).state
            program = held.scene.terms.program
            known = read_parties(self._store, self._connection, program, state.members)
            said = steps(id_, state, known.parties, by=by, today=at.date(), **wish)
            command = Command(uuid5(id_, f"answer of {by}"), str(by), correlation_id=DEMO, at=at)
            self._store.act_together(command, *said)

        persist(attempt)


def _work_off(worker: Matching | Publishing) -> None:
    while worker.advance():
        """On to the next batch."""
