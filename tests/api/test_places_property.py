"""Whatever is wished at once, by whomever, in two programmes: no mentor holds more than there is."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from api.relay import global_id
from domain import enrollment as e
from domain import participant as p
from domain import program as g
from domain import proposal as r
from domain.ids import ProposalId
from domain.program_settings import Capacity, Side
from domain.store import RecordedEvent
from tests.api.meeting import Meeting, meeting
from tests.house import Caller, House, Json

MENTORS, MENTEES, THREADS = 2, 4, 4
CODES: Final = {
    "FORBIDDEN", "MENTOR_IS_FULL", "MENTEE_IS_FULL", "MENTOR_HAS_NO_HOURS", "MENTOR_ACCEPTS_NOBODY",
    "TOO_MANY_REQUESTS", "PROPOSAL_HAS_ENDED", "ALREADY_ACCEPTED", "ENROLLMENT_IS_PAUSED",
    "NOT_ON_THAT_SIDE", "NOT_IN_PROGRAM", "STILL_CHANGING", "PAIR_IS_BARRED", "NOTHING_WAS_ASKED",
}  # fmt: skip
"""All that may be answered; nothing fails, and nothing is kept from being done by a fault."""

place = st.integers(0, 7)
Move = tuple[str, int, int, int]
move: st.SearchStrategy[Move] = st.tuples(
    st.sampled_from(
        [
            "request",
            "rank",
            "propose",
            "hours",
            "capacity",
            "pause",
            *["accept"] * 4,
            "decline",
            "withdraw",
            "view",
        ]
    ),
    st.integers(0, 1),
    place,
    place,
)
plans: Final = st.lists(st.lists(move, min_size=2, max_size=8), min_size=THREADS, max_size=THREADS)


@dataclass(frozen=True)
class Stage:
    """Two programmes with the same people."""

    house: House
    programs: tuple[Meeting, Meeting]
    mentors: tuple[Caller, ...]
    mentees: tuple[Caller, ...]


def set_up(house: House) -> Stage:
    first, second = meeting(house), meeting(house)
    mentors = tuple(first.mentor(f"Mentor {n}") for n in range(MENTORS))
    mentees = tuple(first.mentee(f"Mentee {n}") for n in range(MENTEES))
    for here in (first, second):
        here.capacity(menteesPerMentor=2, mentorsPerMentee=2, openRequests=2, hoursAMonth=2)
    for mentor in mentors:
        second.brought(mentor, "MENTOR")
        house.done(mentor, "setAvailability", {"hoursAMonth": 6, "accepting": True})
    for mentee in mentees:
        second.brought(mentee, "MENTEE")
    return Stage(house, (first, second), mentors, mentees)


def play(stage: Stage, moves: Sequence[Move], begin: int) -> list[str]:
    return [code for one in moves for code in made(stage, one, begin)]


def made(stage: Stage, one: Move, begin: int) -> list[str]:
    """One move, and the codes it was answered with."""
    kind, which, some, other = one
    here = stage.programs[which]
    mentor, mentee = stage.mentors[some % MENTORS], stage.mentees[other % MENTEES]
    call = {
        "request": lambda: (mentee, "requestMentor", here.request(mentor)),
        "rank": lambda: (mentee, "rankWishes", _list(stage, here, some)),
        "propose": lambda: (here.fay, "proposePair", here.pair(mentor, mentee)),
        "hours": lambda: (mentor, "setAvailability", {"hoursAMonth": other, "accepting": other != 5}),
        "capacity": lambda: (here.sam, "configureEnrollment", _capacity(here, 1 + other % 3)),
        "pause": lambda: _pause(here, mentor, other),
    }.get(kind, lambda: _answer(stage, kind, some, other, begin))()
    if call is None:
        return []
    return [error["code"] for error in stage.house.tell(*call)["errors"]]


def _list(stage: Stage, here: Meeting, some: int) -> Json:
    ordered = stage.mentors if some % 2 else stage.mentors[::-1]
    return {"program": here.program, "wishes": [one.id for one in ordered]}


def _capacity(here: Meeting, most: int) -> Json:
    capacity = {"menteesPerMentor": most, "mentorsPerMentee": 2, "openRequests": 2, "hoursAMonth": most}
    return {"program": here.program, "settings": {"approval": "FACILITATOR", "capacity": capacity}}


def _pause(here: Meeting, mentor: Caller, other: int) -> tuple[Caller, str, Json]:
    part = {"enrollment": here.parts[mentor.id]}
    if other % 2:
        return mentor, "resumeEnrollment", part
    return mentor, "pauseEnrollment", {**part, "until": "2999-01-01"}


def _answer(stage: Stage, kind: str, some: int, other: int, begin: int) -> tuple[Caller, str, Json] | None:
    """By one of its members, or now and then by somebody else."""
    found = [one for one in stage.house.events_since(begin) if isinstance(one.event, r.Made)]
    if not found:
        return None
    chosen = found[some % len(found)]
    assert isinstance(chosen.event, r.Made)
    members = (*chosen.event.mentors, *chosen.event.mentees)
    who = next(
        caller
        for caller in (*stage.mentors, *stage.mentees)
        if caller.participant == members[other % len(members)]
    )
    command = {
        "accept": "acceptProposal", "decline": "declineProposal", "withdraw": "withdrawProposal",
        "view": "markProposalViewed",
    }[kind]  # fmt: skip
    return who, command, {"proposal": global_id("Proposal", chosen.stream_id)}


@dataclass
class Held:
    """What the log says at each position; raises where more is held than there is."""

    capacity: dict[UUID, Capacity] = field(default_factory=dict)
    hours: dict[UUID, int] = field(default_factory=dict)
    parts: dict[UUID, tuple[UUID, UUID, Side]] = field(default_factory=dict)
    places: dict[UUID, dict[ProposalId, int]] = field(default_factory=dict)
    requests: Counter[UUID] = field(default_factory=Counter)
    ends: Counter[UUID] = field(default_factory=Counter)

    def take(self, recorded: RecordedEvent) -> None:
        stream = recorded.stream_id
        match recorded.event:
            case g.EnrollmentConfigured(settings=set_):
                self.capacity[stream] = set_.capacity
            case p.AvailabilitySet(hours_a_month=hours):
                self.hours[stream] = hours
            case e.Applied(program=program, participant=person, role=side):
                self.parts[stream] = (program, person, side)
            case e.RequestOpened():
                self.requests[stream] += 1
                assert self.requests[stream] <= self.capacity[self.parts[stream][0]].open_requests
            case e.RequestClosed():
                self.requests[stream] -= 1
            case e.PlaceReserved(proposal=proposal, hours_a_month=hours):
                self.places.setdefault(stream, {})[proposal] = hours
                self.check(stream)
            case r.Declined() | r.Withdrawn() | r.Confirmed() | r.Superseded() | r.Expired():
                self.ends[stream] += 1
                assert self.ends[stream] == 1

    def check(self, part: UUID) -> None:
        program, person, side = self.parts[part]
        capacity = self.capacity[program]
        most = capacity.mentees_per_mentor if side is Side.MENTOR else capacity.mentors_per_mentee
        assert len(self.places[part]) <= most
        if side is Side.MENTOR and person in self.hours:
            own = [one for one, (_, who, _) in self.parts.items() if who == person]
            given_ = sum(sum(self.places.get(one, {}).values()) for one in own)
            assert given_ <= self.hours[person]


@pytest.mark.long
def test_no_mentor_is_ever_overfilled(house: House) -> None:
    """Told from the log alone, event by event."""
    happened: Counter[str] = Counter()

    @settings(max_examples=40, database=None)
    @given(moves=plans)
    def holds(moves: list[list[Move]]) -> None:
        begin = house.store.head()
        stage = set_up(house)
        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(lambda mine: play(stage, mine, begin), moves))
        note(str(answers))
        assert {code for mine in answers for code in mine} <= CODES
        held = Held()
        for recorded in house.events_since(begin):
            held.take(recorded)
            happened[recorded.name] += 1
        assert all(waiting >= 0 for waiting in held.requests.values())

    holds()
    assert happened["enrollment.place_reserved"] > 0
