"""Who takes part in the demo's programmes: everybody goes in step by step, as people do."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from math import ceil
from typing import Any, Final
from uuid import uuid5

from deploy.demo_programs import DEMO, HIGH_POTENTIAL, LEADERSHIP, ONBOARDING, Sketch, Staff
from domain import admission, enrollment
from domain.command import Command
from domain.enrollment import ENROLLMENT
from domain.ids import ParticipantId, enrollment_id
from domain.profile import PersonFacts
from domain.program_settings import ProgramTerms, Side, StaffRole
from domain.refusal import Refusal
from domain.store import Act, Decision, Store

DREAMS: Final = (
    "Give feedback early enough that it helps.",
    "Run a planning meeting that ends on time and with a decision.",
    "Delegate without looking over shoulders.",
    "Lead a team through a quarter without burning it out.",
)
QUESTION: Final = "Which team would you lead, and from when?"
ANSWER: Final = "The calibration team in Lisbon, from January; my manager knows."
NO_ROOM: Final = "This round is for those who lead already; please apply again in spring."
LEAVE: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to an enrollment, and by whom."""

    actor: str
    decision: Decision
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """What the steps of one programme are made of."""

    sketch: Sketch
    terms: ProgramTerms
    staff: Staff
    today: date

    def invite(self, person: PersonFacts, side: Side) -> Step:
        return self._by_staff(enrollment.invite, person=person, role=side)

    def apply(self, person: PersonFacts, side: Side, number: int) -> Step:
        answers = {"why": DREAMS[number % len(DREAMS)]} if self._asks(side) else {}
        given = {
            "program": self.terms,
            "person": person,
            "role": side,
            "answers": answers,
            "today": self.today,
        }
        return Step(str(person.participant), enrollment.apply, given)

    def approve(self, person: PersonFacts) -> Step:
        return self._by_staff(enrollment.approve, person=person)

    def waitlist(self) -> Step:
        return self._by_staff(enrollment.waitlist)

    def reject(self) -> Step:
        return self._by_staff(enrollment.reject, reason=NO_ROOM)

    def ask(self) -> Step:
        return self._by_staff(enrollment.request_information, question=QUESTION)

    def answer(self, person: PersonFacts) -> Step:
        return Step(
            str(person.participant), enrollment.give_information, {"program": self.terms, "answer": ANSWER}
        )

    def pause(self, person: PersonFacts) -> Step:
        given = {"program": self.terms, "until": self.today + LEAVE, "today": self.today}
        return Step(str(person.participant), enrollment.pause, given)

    def withdraw(self, person: PersonFacts) -> Step:
        return Step(str(person.participant), enrollment.withdraw, {"program": self.terms})

    def _by_staff(self, decision: Decision, **arguments: Any) -> Step:
        facilitator = next(person for person, role in self.staff if role is StaffRole.FACILITATOR)
        return Step(str(facilitator), decision, {"program": self.terms, **arguments})

    def _asks(self, side: Side) -> bool:
        return any(
            question.side is side and question.required for question in self.terms.enrollment.questions
        )


Stories = dict[ParticipantId, list[Step]]
Plot = Callable[[PersonFacts, int], list[Step]]


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Who comes in today, and how all who want to fare."""

    mentors: Sequence[PersonFacts]
    mentees: Sequence[PersonFacts]
    stories: Stories

    @property
    def sides(self) -> dict[Side, list[ParticipantId]]:
        sides = {Side.MENTOR: self.mentors, Side.MENTEE: self.mentees}
        return {side: [person.participant for person in people] for side, people in sides.items()}


def newcomers(scene: Scene, people: Sequence[PersonFacts]) -> Newcomers:
    """Those who have been here longest mentor, those who came last are mentored; nobody does both in one."""
    mentors, mentees = scene.sketch.seats
    staff = {person for person, _ in scene.staff}
    free = [person for person in people if person.participant not in staff]
    guides = list(islice(_inside(scene.terms, free, Side.MENTOR), mentors))
    guiding = {person.participant for person in guides}
    others = (person for person in reversed(free) if person.participant not in guiding)
    wishing = _inside(scene.terms, others, Side.MENTEE)
    learners = list(islice(wishing, mentees))
    in_ = taken_in(scene, Side.MENTOR, guides) | taken_in(scene, Side.MENTEE, learners)
    return Newcomers(guides, learners, in_ | _others(scene, wishing))


@dataclass(frozen=True, slots=True)
class Regulars:
    """Who was there before the newcomers; `later` are mentors who came in between."""

    mentors: Sequence[PersonFacts]
    mentees: Sequence[PersonFacts]
    later: Sequence[PersonFacts]


def regulars(
    scene: Scene, people: Sequence[PersonFacts], busy: Container[ParticipantId], share: float
) -> Regulars:
    """As many as the sketch says, or that share of them; `busy` are those who mentor elsewhere already."""
    mentors, mentees, later = (ceil(count * share) for count in scene.sketch.regulars)
    told = newcomers(scene, people).stories.keys() | {person for person, _ in scene.staff}
    free = [person for person in people if person.participant not in told]
    willing = (person for person in free if person.participant not in busy)
    guides = list(islice(_inside(scene.terms, willing, Side.MENTOR), mentors + later))
    guiding = {person.participant for person in guides}
    others = (person for person in reversed(free) if person.participant not in guiding)
    learners = list(islice(_inside(scene.terms, others, Side.MENTEE), mentees))
    return Regulars(guides[:mentors], learners, guides[mentors:])


def taken_in(scene: Scene, side: Side, people: Sequence[PersonFacts]) -> Stories:
    return {person.participant: _taken_in(scene, person, side, n) for n, person in enumerate(people)}


def _taken_in(scene: Scene, person: PersonFacts, side: Side, number: int) -> list[Step]:
    applied = scene.apply(person, side, number)
    if scene.sketch is ONBOARDING:
        return [applied]
    if scene.sketch is HIGH_POTENTIAL:
        return [scene.invite(person, side), applied]
    return [applied, scene.approve(person)]


def _others(scene: Scene, learners: Iterator[PersonFacts]) -> Stories:
    """Those who are not, not yet or no longer in."""
    return {
        person.participant: plot(person, number)
        for count, plot in _PLOTS[scene.sketch.slug](scene)
        for number, person in enumerate(islice(learners, count))
    }


def _around_onboarding(scene: Scene) -> list[tuple[int, Plot]]:
    return [
        (2, lambda person, n: [scene.apply(person, Side.MENTEE, n), scene.pause(person)]),
        (1, lambda person, n: [scene.apply(person, Side.MENTEE, n), scene.withdraw(person)]),
    ]


def _around_leadership(scene: Scene) -> list[tuple[int, Plot]]:
    def applies(person: PersonFacts, number: int) -> Step:
        return scene.apply(person, Side.MENTEE, number)

    return [
        (4, lambda person, n: [applies(person, n), scene.waitlist()]),
        (5, lambda person, n: [applies(person, n)]),
        (2, lambda person, n: [applies(person, n), scene.ask()]),
        (1, lambda person, n: [applies(person, n), scene.ask(), scene.answer(person)]),
        (2, lambda person, n: [applies(person, n), scene.reject()]),
        (1, lambda person, n: [applies(person, n), scene.approve(person), scene.withdraw(person)]),
    ]


def _around_high_potential(scene: Scene) -> list[tuple[int, Plot]]:
    return [
        (6, lambda person, _: [scene.invite(person, Side.MENTEE)]),
        (1, lambda person, _: [scene.invite(person, Side.MENTEE), scene.withdraw(person)]),
    ]


_PLOTS: Final[Mapping[str, Callable[[Scene], list[tuple[int, Plot]]]]] = {
    ONBOARDING.slug: _around_onboarding,
    LEADERSHIP.slug: _around_leadership,
    HIGH_POTENTIAL.slug: _around_high_potential,
}


def _inside(terms: ProgramTerms, people: Iterable[PersonFacts], side: Side) -> Iterator[PersonFacts]:
    return (person for person in people if admission.failing_condition(terms, person, side) is None)


def tell(store: Store, scene: Scene, told: Stories) -> None:
    """The first thing of everybody, then the second of those who have one, and so on."""
    for turn in range(max(map(len, told.values()))):
        acts = [_act(scene, person, turn, steps[turn]) for person, steps in told.items() if turn < len(steps)]
        for result in store.act_all(acts):
            if isinstance(result, Refusal):
                raise result


def acts(scene: Scene, told: Stories) -> Iterator[Act]:
    """Everybody's whole story, one after the other."""
    return (_act(scene, who, turn, step) for who, steps in told.items() for turn, step in enumerate(steps))


def _act(scene: Scene, person: ParticipantId, turn: int, step: Step) -> Act:
    stream = ENROLLMENT.stream(enrollment_id(scene.sketch.id, person))
    command = Command(uuid5(stream.id, f"demo {turn}"), step.actor, correlation_id=DEMO)
    return Act(command, stream, step.decision, step.arguments)
