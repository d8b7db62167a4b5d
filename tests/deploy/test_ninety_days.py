"""The demo's past: what is told of a relationship is legal, in order, each time the same, of no tomorrow."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid5

import pytest

from deploy import demo, demo_people
from deploy.demo_people import Scene
from deploy.demo_programs import DEMO, HIGH_POTENTIAL, LEADERSHIP, SKETCHES, Sketch
from deploy.demo_talk import TALKS
from deploy.ninety_days import play, story
from deploy.ninety_days.life import Cast, Content, Life
from deploy.ninety_days.past import PastStore
from deploy.ninety_days.temper import HANDED_OVER, TEMPERS, Temper, Turn, temper_of
from domain import mentorship, participant, program
from domain.aggregate import Decision
from domain.command import Command
from domain.ids import MentorshipId, ParticipantId, ProposalId
from domain.mentorship import MENTORSHIP, Began
from domain.participant import PARTICIPANT
from domain.program import PROGRAM
from domain.program_settings import Side, StaffRole
from domain.proposing import Parties
from domain.relationship import Member, Status
from domain.resource import DocumentShared
from tests import people

ADA, NOOR, LIN, SAM = (one.id for one in (people.ADA, people.NOOR, people.LIN, people.SAM))
TODAY = datetime(2026, 11, 24, tzinfo=UTC)
BEGAN = TODAY - timedelta(days=86, hours=15)
STAFF = ((SAM, StaffRole.ADMINISTRATOR), (SAM, StaffRole.FACILITATOR))
ENDS: dict[Turn | None, set[Status]] = {
    None: {Status.RUNNING},
    Turn.PAUSES: {Status.RUNNING, Status.PAUSED},
    Turn.ENDS: {Status.ENDED_EARLY},
    Turn.CONCLUDES: {Status.CONCLUDED},
    Turn.IS_HANDED_OVER: {Status.HANDED_OVER},
}


Lived = list[tuple[Cast, list[Life]]]


@pytest.fixture(scope="module")
def store() -> Iterator[PastStore]:
    """With the three programmes; in one of them Noor takes part, and Lin, who could take over."""
    with PastStore.in_memory() as opened:
        opened.moment = BEGAN - timedelta(days=9)
        for sketch in SKETCHES:
            demo.set_up(opened, sketch, STAFF)
        come_in(opened, LIN, Side.MENTOR, participant.offer_competency, level=4)
        come_in(opened, NOOR, Side.MENTEE, participant.seek_competency, level=4, priority=1)
        yield opened


@pytest.fixture(scope="module")
def lived(store: PastStore) -> Lived:
    return lives(store)


def come_in(store: PastStore, who: ParticipantId, side: Side, wish: Decision, **competency: int) -> None:
    """Into the programme for those who lead."""
    known = PARTICIPANT.stream(who)
    wishes: tuple[tuple[Decision, dict[str, Any]], ...] = (
        (participant.register, {"name": "Somebody", "source": "hr"}),
        (participant.set_availability, {"hours_a_month": 6}),
        (wish, {"competency": "lead a team", **competency}),
    )
    for turn, (said, given) in enumerate(wishes):
        store.act(Command(uuid5(who, f"{turn}"), str(who)), known, said, **given)
    scene = scene_of(store, LEADERSHIP)
    facts = participant.facts(store.load(known).state, who)
    demo_people.tell(store, scene, demo_people.taken_in(scene, side, [facts]))


def scene_of(store: PastStore, sketch: Sketch) -> Scene:
    terms = program.terms(store.load(PROGRAM.stream(sketch.id)).state, sketch.id)
    return Scene(sketch, terms, STAFF, BEGAN.date())


def cast(store: PastStore, sketch: Sketch, temper: Temper, number: int = 0) -> Cast:
    """Ada mentors Noor; where it is handed over, Lin will."""
    state = store.load(PROGRAM.stream(sketch.id)).state
    pair = ((ADA, Side.MENTOR), (NOOR, Side.MENTEE))
    name = f"{sketch.slug} {temper.name} {number}"
    began = Began(
        program=sketch.id,
        settings_version=state.settings_version,
        type=sketch.types[0],
        members=tuple(Member(participant=who, role=side) for who, side in pair),
        planned_end=BEGAN.date() + timedelta(days=sketch.types[0].duration_days),
        proposal=ProposalId(uuid5(DEMO, f"proposal {name}")),
    )
    told = Cast(
        mentorship=MentorshipId(uuid5(DEMO, name)),
        began=began,
        began_at=BEGAN,
        settings=state.settings,
        temper=temper,
        talk=TALKS[sketch.slug][number],
        zones={ADA: "America/Toronto", NOOR: "Asia/Kolkata"},
        facilitator=SAM,
        seed=name,
    )
    return replace(told, successor=LIN, parties=taking_over(store)) if sketch is LEADERSHIP else told


def taking_over(store: PastStore) -> Parties:
    lin = store.load(PARTICIPANT.stream(LIN)).state
    return Parties(scene_of(store, LEADERSHIP).terms, {LIN: lin}, {})


def lives(store: PastStore, until: datetime = TODAY) -> Lived:
    """Two of each temper, in the programmes in turn."""
    casts = [
        cast(store, LEADERSHIP if temper.turn else SKETCHES[number], temper, number)
        for temper in TEMPERS
        for number in range(2)
    ]
    return [(one, story.lived(one, until)) for one in casts]


def test_each_temper_ends_as_it_says(lived: Lived) -> None:
    for told, parts in lived:
        assert parts[0].held.status in ENDS[told.temper.turn], told.temper.name
        assert len(parts) == (2 if told.temper is HANDED_OVER else 1)


def test_all_that_is_told_has_been_and_comes_in_its_order(lived: Lived) -> None:
    for told, parts in lived:
        moments = [play.moment(deed) for part in parts for deed in part.deeds]
        assert told.began_at <= min(moments)
        assert max(moments) <= TODAY
        for part in parts:
            own = [play.moment(deed) for deed in part.deeds]
            assert own == sorted(own)
        commands = [deed.command.id for part in parts for deed in part.deeds]
        assert len(set(commands)) == len(commands)


def test_the_same_is_told_each_time_and_nobody_knows_when_it_ends(store: PastStore, lived: Lived) -> None:
    half = BEGAN + timedelta(days=30)
    for (_, (whole, *_)), (_, (begun, *_)) in zip(lived, lives(store, half), strict=True):
        assert begun.deeds == [deed for deed in whole.deeds if play.moment(deed) <= half]


def test_the_log_takes_all_of_it_once(store: PastStore) -> None:
    """Decided again by the store, in whatever order threads come; told again, nothing is new."""
    tales = []
    for told, _ in lives(store, BEGAN):
        stream = MENTORSHIP.stream(told.mentorship)
        store.act(Command(told.mentorship, "sam", at=BEGAN), stream, mentorship.begin, began=told.began)
        tales.append(sorted(story.told(told, BEGAN + timedelta(days=62)), key=play.moment))
    kept: dict[str, bytes] = {}

    def keep(content: Content) -> None:
        kept[content.key] = content.bytes

    assert play.play(store, tales, keep) == sum(map(len, tales))
    head = store.head()
    play.play(store, tales, keep)
    assert store.head() == head
    names = Counter(recorded.name.split(".")[0] for recorded in store.log())
    assert names.keys() >= {"mentorship", "meeting", "conversation", "assignment", "resource", "survey"}
    shared = [recorded.event for recorded in store.log() if recorded.name == DocumentShared.event_name]
    assert {one.blob: one.bytes for one in shared if isinstance(one, DocumentShared)} == {
        key: len(content) for key, content in kept.items()
    }
    days = [recorded.recorded_at.date() for recorded in store.log()]
    assert days == sorted(days)


def test_what_is_between_two_moments(store: PastStore) -> None:
    told = cast(store, HIGH_POTENTIAL, TEMPERS[0])
    tale = list(story.told(told, TODAY))
    half = BEGAN + timedelta(days=40)
    ((before,), (after,)) = (
        play.between([tale], since, until) for since, until in ((BEGAN, half), (half, TODAY))
    )
    assert [*before, *after] == tale
    assert max(map(play.moment, before)) < half <= min(map(play.moment, after))


def test_a_hundred_relationships_have_the_shares_of_their_tempers() -> None:
    dealt = Counter(temper_of(number).name for number in range(100))
    assert dealt == {temper.name: temper.share for temper in TEMPERS}
    assert temper_of(100) is temper_of(0)


def test_people_are_at_work_when_they_do_something(store: PastStore) -> None:
    """Within the hours of their day, whatever their zone."""
    life = Life(cast(store, LEADERSHIP, TEMPERS[1]))
    for hours in range(0, 24 * 9, 5):
        moment = life.later(hours / 24, NOOR).astimezone(life.zone_of(NOOR))
        assert (moment.weekday() < 5, 8 <= moment.hour < 18) == (True, True)
