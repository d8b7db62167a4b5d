"""Ninety days of all programmes: who comes in, how they are matched, what they live together until today."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid5

import psycopg

from deploy import demo_people
from deploy.demo_people import Regulars, Scene
from deploy.demo_programs import DEMO
from deploy.demo_talk import TALKS
from deploy.ninety_days import play, story
from deploy.ninety_days.life import Cast, Content, Deed
from deploy.ninety_days.past import PastStore, Shown
from deploy.ninety_days.play import Tale
from deploy.ninety_days.reminding import EVERY, Reminding
from deploy.ninety_days.rounds import Matchmaker, Round
from deploy.ninety_days.temper import Turn, temper_of
from domain import participant
from domain.aggregate import Step
from domain.command import Command
from domain.ids import MentorshipId, ParticipantId
from domain.mentorship import Began
from domain.participant import PARTICIPANT, Participant
from domain.profile import PersonFacts, Statement
from domain.program import PROGRAM, settings_at
from domain.program_settings import Side, StaffRole
from domain.proposing import Parties
from domain.store import Act, Database
from projections.blobs import Blobs


@dataclass(frozen=True, slots=True)
class When:
    """A round of matching, and how many days ago it was."""

    label: str
    days: int


FIRST, SECOND = When("Summer", 90), When("Late summer", 62)
OF_THE_FIRST: Final = 0.7
"""Of the mentees so many; the others come in for the second."""
COME_IN: Final = 4
"""So many days before a round."""
IN_BETWEEN: Final = 58
"""So many days ago more mentors came in, too late for any round: relationships are handed over to them."""
GENDERS: Final = ("woman", "man", "woman", "man", "woman", "man", "woman", "man", "non-binary")
AGES: Final = ("under 30", "30 to 44", "45 to 59", "30 to 44", "60 and over")
SILENT: Final = 7
"""Of so many people one says nothing of the kind."""


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    """A programme's scene, and who has been in it for a while."""

    number: int
    scene: Scene
    regulars: Regulars

    @property
    def everybody(self) -> list[ParticipantId]:
        regulars = self.regulars
        return [one.participant for one in (*regulars.mentors, *regulars.mentees, *regulars.later)]

    def coming_in(self, when: When) -> Sequence[PersonFacts]:
        """The mentees who come in for that round."""
        mentees = self.regulars.mentees
        first = round(len(mentees) * OF_THE_FIRST)
        return mentees[:first] if when is FIRST else mentees[first:]

    def in_by(self, when: When) -> Sequence[PersonFacts]:
        return self.coming_in(FIRST) if when is FIRST else self.regulars.mentees


def companies(scenes: Sequence[Scene], people: Sequence[PersonFacts], share: float = 1) -> list[Company]:
    """Nobody mentors in two programmes at once; `share` is of what the sketches say."""
    busy: set[ParticipantId] = set()
    found = []
    for number, scene in enumerate(scenes):
        regulars = demo_people.regulars(scene, people, busy, share)
        busy |= {person.participant for person in (*regulars.mentors, *regulars.later)}
        found.append(Company(number, scene, regulars))
    return found


class Season:
    """`today` is when it ends; nothing in it is later. Begun again, it goes on where it was."""

    def __init__(
        self,
        database: Database,
        store: PastStore,
        connection: psycopg.Connection,
        shown: Shown,
        blobs: Blobs,
        today: datetime,
    ) -> None:
        self._store, self._blobs, self._today = store, blobs, today
        self._matchmaker = Matchmaker(database, store, connection, shown)
        self._reminding = Reminding(store, connection, shown)

    def live(self, companies: Sequence[Company], tell: Callable[[str], None]) -> None:
        """All of it, up to today."""
        first, second = self._ago(FIRST.days), self._ago(SECOND.days)
        self._introduce([who for company in companies for who in company.everybody])
        newcoming = [self._newcoming(company) for company in companies]
        for company in companies:
            self._come_in(company, FIRST, Side.MENTOR, company.regulars.mentors)
        tales = self._round(companies, FIRST)
        tell("Playing the ninety days that they have lived since ...")
        tales += newcoming
        self._play(tales, first, second)
        tales += self._round(companies, SECOND)
        self._play(tales, second, self._today)

    def _play(self, tales: list[Tale], since: datetime, until: datetime) -> None:
        """With whoever is reminded of something every few days, and reads it."""
        while since < until:
            then = min(since + EVERY, until)
            play.play(self._store, play.between(tales, since, then), self._keep)
            tales.append(self._reminding.look(then))
            since = then

    def _keep(self, content: Content) -> None:
        async def whole() -> AsyncIterator[bytes]:
            yield content.bytes

        asyncio.run(self._blobs.keep(content.key, whole()))

    def _ago(self, days: float) -> datetime:
        return self._today - timedelta(days=days)

    # -- who comes in

    def _round(self, companies: Sequence[Company], when: When) -> list[Tale]:
        for company in companies:
            self._come_in(company, when, Side.MENTEE, company.coming_in(when))
        return [
            sorted(story.told(cast, self._today), key=play.moment)
            for company in companies
            for cast in self._matched(company, when)
        ]

    def _come_in(self, company: Company, when: When, side: Side, people: Sequence[PersonFacts]) -> None:
        days = when.days + COME_IN + (side is Side.MENTOR)
        self._store.moment = self._ago(days) + timedelta(hours=9 + company.number)
        scene = replace(company.scene, today=self._store.moment.date())
        demo_people.tell(self._store, scene, demo_people.taken_in(scene, side, people))

    def _matched(self, company: Company, when: When) -> Iterator[Cast]:
        """Of all who are in by then, those who have nobody."""
        moment = self._ago(when.days) + timedelta(hours=8 + 24 * company.number)
        mentees = [person.participant for person in company.in_by(when)]
        begun = self._matchmaker.hold(Round(company.scene, when.label, moment, mentees))
        return Casting(self._store, company, when).casts(begun)

    def _introduce(self, people: Iterable[ParticipantId]) -> None:
        """Most say of themself what a report on fairness needs."""
        acts = []
        for number, who in enumerate(dict.fromkeys(people)):
            said = {"gender": GENDERS[number % len(GENDERS)], "age": AGES[number % len(AGES)]}
            command = Command(uuid5(DEMO, f"introduce {who}"), str(who), correlation_id=DEMO)
            wish = {"statement": Statement(demographics=said)}
            if number % SILENT:
                acts.append(Act(command, PARTICIPANT.stream(who), participant.describe_profile, wish))
        self._store.act_all(acts)

    def _newcoming(self, company: Company) -> Tale:
        """The mentors who came in between, some hours after each other."""
        moment = self._ago(IN_BETWEEN) + timedelta(hours=10)
        scene = replace(company.scene, today=moment.date())
        told = demo_people.taken_in(scene, Side.MENTOR, company.regulars.later)
        return [
            Deed(
                replace(act.command, at=moment + timedelta(minutes=7 * number)),
                (Step(act.stream, act.decision, act.arguments),),
            )
            for number, act in enumerate(demo_people.acts(scene, told))
        ]


class Casting:
    """Who lives the relationships that a round led to, and what each is like."""

    def __init__(self, store: PastStore, company: Company, when: When) -> None:
        self._store, self._company, self._when = store, company, when
        sketch = company.scene.sketch
        self._program = store.load(PROGRAM.stream(sketch.id)).state
        self._people = self._read(company.everybody)
        said = {who: person.said.get("time_zone") for who, person in self._people.items()}
        self._zones = {who: str(zone) for who, zone in said.items() if zone}
        self._later = iter(company.regulars.later if when is FIRST else ())

    def casts(self, begun: Mapping[int, MentorshipId]) -> Iterator[Cast]:
        for number, id_ in sorted(begun.items()):
            first = next(self._store.history(id_))
            began = first.event
            assert isinstance(began, Began)  # noqa: S101 nothing else begins a relationship
            yield self._cast(number, id_, began, first.recorded_at)

    def _cast(self, number: int, id_: MentorshipId, began: Began, at: datetime) -> Cast:
        scene = self._company.scene
        temper = temper_of(number + 31 * self._company.number)
        handed = next(self._later, None) if temper.turn is Turn.IS_HANDED_OVER else None
        successor = handed.participant if handed else None
        talks = TALKS[scene.sketch.slug]
        return Cast(
            mentorship=id_,
            began=began,
            began_at=at,
            settings=settings_at(self._program, began.settings_version),
            temper=temper,
            talk=talks[number % len(talks)],
            zones=self._zones,
            facilitator=next(who for who, role in scene.staff if role is StaffRole.FACILITATOR),
            seed=f"{scene.sketch.slug}, {self._when.label}, {number}",
            successor=successor,
            parties=Parties(scene.terms, {successor: self._people[successor]}, {}) if successor else None,
        )

    def _read(self, people: Sequence[ParticipantId]) -> dict[ParticipantId, Participant]:
        loaded = self._store.load_all([PARTICIPANT.stream(who) for who in people])
        known: dict[ParticipantId, Participant] = {who: loaded[who].state for who in people}
        return known
