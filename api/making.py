"""How a proposal comes about: who is asked, what keeps them apart, why they, and what it is recorded with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any, Final

from domain import places, proposal, proposing
from domain.enrollment import ENROLLMENT, Enrollment
from domain.event import DomainEvent
from domain.guards import StillChanging, same_terms
from domain.ids import ParticipantId, ProgramId, ProposalId, enrollment_id
from domain.matching_settings import HardRule, Mode
from domain.profile import PersonFacts
from domain.program import Program
from domain.program_settings import ProgramTerms, RelationshipType
from domain.proposal import PROPOSAL, Made, Proposal, RelationshipIsUnknown, Status
from domain.refusal import Refusal
from domain.store import Step, Store
from projections.pair_score import pair_score, score_among_all
from projections.pairs import Connection, Known, barred, read_parties
from projections.suggesting import shown
from projections.thin_pool import refuse_thin

AVOIDED: Final = "avoided"
DECLINED: Final = "declined_for_good"
TOLD_ELSEWHERE: Final = frozenset({AVOIDED, "oneself", "capacity"})
"""Rules that other refusals speak for."""
BECAUSE: Final[Mapping[str, str]] = {
    HardRule.NOT_IN_REPORTING_LINE: "one of them reports to the other",
    HardRule.NOT_SAME_MANAGER: "they have the same manager",
    HardRule.NOT_SAME_DEPARTMENT: "they work in the same department",
    HardRule.SAME_LOCATION: "they do not work at the same location",
    HardRule.SHARED_LANGUAGE: "they share no language",
    HardRule.OVERLAPPING_HOURS: "too few of their working hours overlap",
    HardRule.NOT_MATCHED_BEFORE: "they have been matched before",
    HardRule.TIME_ZONE_SPAN: "their time zones are too far apart",
    HardRule.MENTOR_IS_SENIOR: "the mentor is not senior enough",
    DECLINED: "one of them has declined the other for good",
}

WAITING: Final = """
SELECT p.proposal_id
  FROM proposals p JOIN proposal_members m USING (proposal_id)
 WHERE p.program_id = %(program)s AND p.state = 'waiting' AND p.mode = %(mode)s
   AND m.participant_id = %(member)s
"""


class PairIsBarred(Refusal):
    """This programme does not bring these people together: {because}."""

    @classmethod
    def by(cls, rules: frozenset[str]) -> "PairIsBarred":
        named = sorted(rules)
        because = (BECAUSE.get(rule, "one of its own rules does not let them") for rule in named)
        return cls(rules=tuple(named), because=", and ".join(dict.fromkeys(because)))


class AlreadyAsked(Refusal):
    """This person has been asked already: wait for the answer, or withdraw the request first."""


@dataclass(frozen=True, slots=True)
class Apart:
    """The `rules` that keep people apart, and the mentors who are as good as taking nobody."""

    rules: frozenset[str] = frozenset()
    unwilling: frozenset[ParticipantId] = frozenset()


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is to be proposed to whom. `listed` is the author's list of wishes, where it is given with it."""

    program: ProgramId
    mentors: tuple[ParticipantId, ...]
    mentees: tuple[ParticipantId, ...]
    mode: Mode
    author: ParticipantId | None = None
    relationship: str | None = None
    words: str | None = None
    listed: tuple[ParticipantId, ...] | None = None

    @property
    def people(self) -> tuple[ParticipantId, ...]:
        return (*self.mentors, *self.mentees)

    def is_for(self, made: Made) -> bool:
        return (set(made.mentors), set(made.mentees)) == (set(self.mentors), set(self.mentees)) and (
            self.relationship in {None, made.relationship}
        )


Making = tuple[ProposalId, tuple[Step, ...]]
"""The proposal that it is, and the steps that make it; of the proposal first."""


def making(store: Store, connection: Connection, id_: ProposalId, wish: Wish, now: datetime) -> Making:
    """By everything as it is now. What waits for an answer already is not made again; a list that was read
    before it was is read anew.
    """
    known = read_parties(store, connection, wish.program, wish.people)
    held = store.load(PROPOSAL.stream(id_)).state
    if held.made is not None:
        return id_, _steps(id_, _repeated(held.made, wish), known, wish, Apart())
    made = _made(known, wish, now)
    if found := _waiting(store, connection, known, wish):
        if wish.listed is not None:
            raise StillChanging
        return found, (_unchanged(store, found, known.program, wish),)
    if wish.mode is Mode.SELF_DIRECTED:
        refuse_thin(connection, known.program)
    made = _explained(store, connection, known, made, now.date())
    return id_, _steps(id_, made, known, wish, _apart(store, connection, known, wish, now.date()))


def _repeated(made: Made, wish: Wish) -> Made:
    """As a repetition means it: what was told from the moment and from others stays."""
    kind = made.relationship if wish.relationship is None else wish.relationship
    said = {"program": wish.program, "mentors": wish.mentors, "mentees": wish.mentees, "words": wish.words}
    return Made(**{**dict(made), **said, "relationship": kind})


def _waiting(store: Store, connection: Connection, known: Known, wish: Wish) -> ProposalId | None:
    """The same, which waits for an answer already."""
    if wish.author is not None:
        open_: Iterator[ProposalId] = iter(known.parts[wish.author].requests)
    else:
        asked = {"program": wish.program, "mode": wish.mode, "member": next(iter(wish.people), None)}
        open_ = (ProposalId(found) for (found,) in connection.execute(WAITING, asked))
    loaded = store.load_all([PROPOSAL.stream(one) for one in open_])
    for id_, found in loaded.items():
        state: Proposal = found.state
        if state.status is Status.WAITING and state.made and wish.is_for(state.made):
            return ProposalId(id_)
    return None


def _unchanged(store: Store, id_: ProposalId, program: ProgramTerms, wish: Wish) -> Step:
    made = store.load(PROPOSAL.stream(id_)).state.made
    if made is None or (wish.words is not None and wish.words.strip() != made.words):
        raise AlreadyAsked
    return Step(PROPOSAL.stream(id_), proposal.make, {"program": program, "made": made})


def _made(known: Known, wish: Wish, now: datetime) -> Made:
    kind, timers = _kind(known.program, wish.relationship), known.program.timers
    days = timers.proposal_expires if wish.listed is None else timers.wish_cascade
    return Made(
        program=wish.program,
        settings_version=known.program.settings_version,
        relationship=kind.id,
        mentors=wish.mentors,
        mentees=wish.mentees,
        least_mentors=kind.mentors.least,
        least_mentees=kind.mentees.least,
        mode=wish.mode,
        rank=_rank(known, wish),
        expires_at=now + timedelta(days=days),
        author=wish.author,
        words=wish.words,
    )


def _explained(store: Store, connection: Connection, known: Known, made: Made, day: date) -> Made:
    """Whoever proposes others has looked at all there are; whoever asks for themself, at this one."""
    kind, why = _kind(known.program, made.relationship), None
    if made.author is None:
        why = score_among_all(store, connection, known, made, kind, position=max(shown(connection), 1))
    why = why or pair_score(connection, known, made, kind, day=day)
    return made.model_copy(update={"provenance": why})


def _kind(program: ProgramTerms, relationship: str | None) -> RelationshipType:
    wanted = program.matching.relationship if relationship is None else relationship
    for kind in program.types:
        if wanted in {None, kind.id}:
            return kind
    raise RelationshipIsUnknown


def _rank(known: Known, wish: Wish) -> int | None:
    """The place in the author's list; None outside it."""
    if wish.author is None:
        return None
    wishes = known.parts[wish.author].wishes if wish.listed is None else wish.listed
    (mentor,) = wish.mentors
    return wishes.index(mentor) + 1 if mentor in wishes else None


def _apart(store: Store, connection: Connection, known: Known, wish: Wish, day: date) -> Apart:
    """Nobody learns from an answer who avoids whom, nor who asks that they have been declined for good."""
    silent = {AVOIDED} if wish.author is None else {AVOIDED, DECLINED}
    failed = barred(store, connection, known, wish.mentees, wish.mentors, day=day)
    rules = frozenset[str]().union(*failed.values()) - TOLD_ELSEWHERE - silent
    return Apart(rules, frozenset(mentor for (_, mentor), named in failed.items() if silent & set(named)))


def _steps(id_: ProposalId, made: Made, known: Known, wish: Wish, apart: Apart) -> tuple[Step, ...]:
    *steps, terms = proposing.making(id_, made, known.parties)
    unwilling = {enrollment_id(wish.program, who) for who in apart.unwilling}
    changed = [
        _refusing(step) if step.stream.id in unwilling else _asked(step, known, wish) for step in steps
    ]
    if apart.rules:
        terms = replace(terms, decision=barring, arguments={**terms.arguments, "rules": apart.rules})
    return (*changed, terms)


def _refusing(step: Step) -> Step:
    """Of who takes nobody, whatever they have said."""
    person: PersonFacts = step.arguments["person"]
    refusing = replace(person, profile={**person.profile, "accepting": False})
    return replace(step, arguments={**step.arguments, "person": refusing})


def _asked(step: Step, known: Known, wish: Wish) -> Step:
    """The author's own, with the list that is given."""
    if wish.author is None or step.stream.id != enrollment_id(wish.program, wish.author):
        return step
    given = {"listed": wish.listed, "requests": known.parts[wish.author].requests}
    return replace(step, decision=_asking, arguments={**step.arguments, **given})


def _asking(
    state: Enrollment,
    *,
    listed: tuple[ParticipantId, ...] | None,
    requests: frozenset[ProposalId],
    **taking: Any,
) -> list[DomainEvent]:
    """Nothing else has been asked meanwhile: nobody asks the same person twice."""
    if taking["proposal"] not in state.requests and state.requests != requests:
        raise StillChanging
    ranked = [] if listed is None else places.rank_wishes(state, program=taking["program"], wishes=listed)
    return [*ranked, *places.could_take(reduce(ENROLLMENT.evolve, ranked, state), **taking)]


def barring(state: Program, *, terms: ProgramTerms, rules: frozenset[str]) -> list[DomainEvent]:
    """Said last: whatever else is in the way goes before."""
    same_terms(state, terms=terms)
    raise PairIsBarred.by(rules)
