"""A participant: one person of the organisation, and what the record and they themself say, until erased."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar, assert_never

from pydantic import Field

from domain import profile
from domain.aggregate import Aggregate
from domain.event import THE_STREAM, DomainEvent, Personal
from domain.ids import ParticipantId
from domain.preferences import THE_USUAL, NotificationsPreferred
from domain.profile import PersonFacts, Record, Statement
from domain.refusal import Refusal
from domain.words import Line, Slug, Text


class Registered(DomainEvent, name="participant.registered", subject=THE_STREAM):
    name: Personal[Line]
    email: Personal[profile.Email | None] = None
    external_id: Personal[Line | None] = None
    source: profile.Source


class RecordSynced(DomainEvent, name="participant.record_synced", subject=THE_STREAM):
    """Only the fields in `changed` are said; None or empty among them says that the record has none."""

    source: profile.Source
    changed: tuple[profile.RecordField, ...]
    name: Personal[Line | None] = None
    email: Personal[profile.Email | None] = None
    job_title: Line | None = None
    department: Line | None = None
    location: Line | None = None
    time_zone: profile.TimeZone | None = None
    languages: profile.Languages = ()
    manager: ParticipantId | None = None
    work_history: Personal[profile.WorkHistory | None] = None


class ProfileDescribed(DomainEvent, name="participant.profile_described", subject=THE_STREAM):
    """Only the fields in `changed` are said; None or empty among them takes back what was said."""

    changed: tuple[profile.StatedField, ...]
    time_zone: profile.TimeZone | None = None
    languages: profile.Languages = ()
    work_history: Personal[profile.WorkHistory | None] = None
    biography: Personal[Text | None] = None
    contact: Personal[profile.Contact | None] = None
    demographics: Personal[profile.Demographics | None] = None


class CompetencyOffered(DomainEvent, name="participant.competency_offered"):
    competency: profile.Competency
    level: profile.Level


class CompetencyOfferWithdrawn(DomainEvent, name="participant.competency_offer_withdrawn"):
    competency: profile.Competency


class CompetencySought(DomainEvent, name="participant.competency_sought"):
    competency: profile.Competency
    level: profile.Level
    priority: profile.Priority


class CompetencyNoLongerSought(DomainEvent, name="participant.competency_no_longer_sought"):
    competency: profile.Competency


class AvailabilitySet(DomainEvent, name="participant.availability_set"):
    hours_a_month: profile.HoursAMonth
    accepting: bool = True
    until: date | None = None


class PersonAvoided(DomainEvent, name="participant.person_avoided"):
    person: ParticipantId


class AvoidanceLifted(DomainEvent, name="participant.avoidance_lifted"):
    person: ParticipantId


class ListedAsExpert(DomainEvent, name="participant.listed_as_expert", subject=THE_STREAM):
    headline: Personal[Line]
    topics: Annotated[tuple[profile.Competency, ...], Field(min_length=1, max_length=20)]


class UnlistedAsExpert(DomainEvent, name="participant.unlisted_as_expert"):
    pass


class GuestInvited(DomainEvent, name="participant.guest_invited", subject=THE_STREAM):
    """They come from outside, and accept by listing themself, as they are invited to, by `until`."""

    until: date
    headline: Personal[Line | None] = None
    topics: Annotated[tuple[profile.Competency, ...], Field(max_length=20)] = ()


class ConsentGiven(DomainEvent, name="participant.consent_given"):
    policy: Slug
    version: Annotated[int, Field(ge=1)]


class ConsentWithdrawn(DomainEvent, name="participant.consent_withdrawn"):
    policy: Slug


class Left(DomainEvent, name="participant.left"):
    reason: profile.LeavingReason


class Returned(DomainEvent, name="participant.returned"):
    pass


class Erased(DomainEvent, name="participant.erased"):
    """The last event of a life; the person's key is destroyed with it."""


# fmt: off
ParticipantEvent = (
    Registered | RecordSynced | ProfileDescribed | CompetencyOffered | CompetencyOfferWithdrawn
    | CompetencySought | CompetencyNoLongerSought | AvailabilitySet | PersonAvoided | AvoidanceLifted
    | ListedAsExpert | UnlistedAsExpert | GuestInvited | ConsentGiven | ConsentWithdrawn
    | NotificationsPreferred | Left | Returned | Erased
)
# fmt: on


class Status(StrEnum):
    UNKNOWN = "unknown"
    ACTIVE = "active"
    LEFT = "left"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Participant:
    """`said` holds each profile field as it reads now, `stated` those that are the person's own word.

    Competencies are found by their spelling without case and shown as they were first spelled.
    """

    status: Status = Status.UNKNOWN
    registration: Registered | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    stated: frozenset[str] = frozenset()
    offers: Mapping[str, CompetencyOffered] = field(default_factory=dict)
    wishes: Mapping[str, CompetencySought] = field(default_factory=dict)
    availability: AvailabilitySet | None = None
    avoided: frozenset[ParticipantId] = frozenset()
    expert: ListedAsExpert | None = None
    invited: GuestInvited | None = None
    consents: Mapping[str, int] = field(default_factory=dict)
    preferred: NotificationsPreferred = THE_USUAL


class PersonIsUnknown(Refusal):
    """Nobody is registered under this id."""


class AlreadyRegistered(Refusal):
    """Somebody else, or the same person with another name or address, is already registered under this id."""


class PersonHasLeft(Refusal):
    """This person has left; nothing about them changes until they return."""


class PersonIsErased(Refusal):
    """This person has been erased; nothing can follow."""


class NobodyManagesThemself(Refusal):
    """Nobody can be their own manager."""


class NobodyAvoidsThemself(Refusal):
    """Nobody can avoid themself."""


class TooManyCompetencies(Refusal):
    """At most {limit} competencies can be offered, and as many sought."""


class TooManyAvoided(Refusal):
    """At most {limit} people can be avoided."""


Named = TypeVar("Named", CompetencyOffered, CompetencySought)


def register(
    state: Participant, *, name: str, source: str, email: str | None = None, external_id: str | None = None
) -> list[DomainEvent]:
    wished = Registered(name=name, email=email, external_id=external_id, source=source)
    if state.status is Status.ERASED:
        raise PersonIsErased
    if state.registration == wished:
        return []
    if state.registration is not None:
        raise AlreadyRegistered
    return [wished]


def sync_record(
    state: Participant, *, oneself: ParticipantId, source: str, record: Record
) -> list[DomainEvent]:
    """What the record says anew, except where the person has spoken."""
    refuse_absent(state)
    if record.manager == oneself:
        raise NobodyManagesThemself
    changed = {name: value for name, value in record.news(state.said).items() if name not in state.stated}
    return [RecordSynced(source=source, changed=tuple(changed), **changed)] if changed else []


def describe_profile(state: Participant, *, statement: Statement) -> list[DomainEvent]:
    refuse_absent(state)
    newly = {name: value for name, value in statement.said().items() if bool(value) != (name in state.stated)}
    changed = statement.news(state.said) | newly
    return [ProfileDescribed(changed=tuple(changed), **changed)] if changed else []


def offer_competency(state: Participant, *, competency: str, level: int) -> list[DomainEvent]:
    refuse_absent(state)
    return _naming(CompetencyOffered(competency=competency, level=level), state.offers)


def withdraw_competency_offer(state: Participant, *, competency: str) -> list[DomainEvent]:
    refuse_absent(state)
    held = state.offers.get(profile.key_of(competency))
    return [CompetencyOfferWithdrawn(competency=held.competency)] if held else []


def seek_competency(state: Participant, *, competency: str, level: int, priority: int) -> list[DomainEvent]:
    refuse_absent(state)
    return _naming(CompetencySought(competency=competency, level=level, priority=priority), state.wishes)


def stop_seeking_competency(state: Participant, *, competency: str) -> list[DomainEvent]:
    refuse_absent(state)
    held = state.wishes.get(profile.key_of(competency))
    return [CompetencyNoLongerSought(competency=held.competency)] if held else []


def set_availability(
    state: Participant, *, hours_a_month: int, accepting: bool = True, until: date | None = None
) -> list[DomainEvent]:
    refuse_absent(state)
    wished = AvailabilitySet(hours_a_month=hours_a_month, accepting=accepting, until=until)
    return [] if state.availability == wished else [wished]


def avoid_person(state: Participant, *, oneself: ParticipantId, person: ParticipantId) -> list[DomainEvent]:
    refuse_absent(state)
    if person == oneself:
        raise NobodyAvoidsThemself
    if person in state.avoided:
        return []
    if len(state.avoided) >= profile.MOST_AVOIDED:
        raise TooManyAvoided(limit=profile.MOST_AVOIDED)
    return [PersonAvoided(person=person)]


def lift_avoidance(state: Participant, *, person: ParticipantId) -> list[DomainEvent]:
    refuse_absent(state)
    return [AvoidanceLifted(person=person)] if person in state.avoided else []


def leave(state: Participant, *, reason: profile.LeavingReason) -> list[DomainEvent]:
    refuse_absent(state, but=Status.LEFT)
    return [] if state.status is Status.LEFT else [Left(reason=reason)]


def come_back(state: Participant) -> list[DomainEvent]:
    refuse_absent(state, but=Status.LEFT)
    return [Returned()] if state.status is Status.LEFT else []


def erase(state: Participant) -> list[DomainEvent]:
    if state.status is Status.UNKNOWN:
        raise PersonIsUnknown
    return [] if state.status is Status.ERASED else [Erased()]


def facts(state: Participant, participant: ParticipantId) -> PersonFacts:
    """What the rules of programmes read: who may be in, and how much time there is."""
    held = state.availability
    return PersonFacts(
        participant=participant,
        active=state.status is Status.ACTIVE,
        profile={
            "hours_a_month": held.hours_a_month if held else None,
            "accepting": held.accepting if held else True,
            **{key: value for key, value in state.said.items() if key in profile.AUDIENCE_FIELDS},
            "has_manager": state.said.get("manager") is not None,
            "expert": state.expert is not None,
            "competencies_offered": tuple(offer.competency for offer in state.offers.values()),
            "competencies_sought": tuple(wish.competency for wish in state.wishes.values()),
        },
    )


def refuse_absent(state: Participant, *, but: Status | None = None) -> None:
    if state.status is not but and (refusal := _ABSENCES.get(state.status)):
        raise refusal


_ABSENCES: Final[Mapping[Status, type[Refusal]]] = {
    Status.UNKNOWN: PersonIsUnknown,
    Status.LEFT: PersonHasLeft,
    Status.ERASED: PersonIsErased,
}


def _naming(wished: Named, held: Mapping[str, Named]) -> list[DomainEvent]:
    """A competency already held keeps its first spelling, so that no read model lists it twice."""
    before = held.get(profile.key_of(wished.competency))
    if before is not None:
        wished = wished.model_copy(update={"competency": before.competency})
    elif len(held) >= profile.MOST_COMPETENCIES:
        raise TooManyCompetencies(limit=profile.MOST_COMPETENCIES)
    return [] if wished == before else [wished]


def _without(held: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {other: value for other, value in held.items() if other != key}


def evolve(state: Participant, event: ParticipantEvent) -> Participant:
    match event:
        case Registered():
            said = {"name": event.name, "email": event.email}
            return replace(state, status=Status.ACTIVE, registration=event, said={**state.said, **said})
        case RecordSynced():
            return replace(state, said={**state.said, **{key: getattr(event, key) for key in event.changed}})
        case ProfileDescribed():
            said = {key: getattr(event, key) for key in event.changed}
            stated = state.stated.difference(said).union(key for key, value in said.items() if value)
            return replace(state, said={**state.said, **said}, stated=stated)
        case CompetencyOffered():
            return replace(state, offers={**state.offers, profile.key_of(event.competency): event})
        case CompetencyOfferWithdrawn():
            return replace(state, offers=_without(state.offers, profile.key_of(event.competency)))
        case CompetencySought():
            return replace(state, wishes={**state.wishes, profile.key_of(event.competency): event})
        case CompetencyNoLongerSought():
            return replace(state, wishes=_without(state.wishes, profile.key_of(event.competency)))
        case AvailabilitySet():
            return replace(state, availability=event)
        case PersonAvoided():
            return replace(state, avoided=state.avoided | {event.person})
        case AvoidanceLifted():
            return replace(state, avoided=state.avoided - {event.person})
        case ListedAsExpert():
            return replace(state, expert=event)
        case UnlistedAsExpert():
            return replace(state, expert=None)
        case GuestInvited():
            return replace(state, invited=event)
        case ConsentGiven():
            return replace(state, consents={**state.consents, event.policy: event.version})
        case ConsentWithdrawn():
            return replace(state, consents=_without(state.consents, event.policy))
        case NotificationsPreferred():
            return replace(state, preferred=event)
        case Left():
            return replace(state, status=Status.LEFT)
        case Returned():
            return replace(state, status=Status.ACTIVE)
        case Erased():
            return Participant(status=Status.ERASED)
        case _:
            assert_never(event)


PARTICIPANT: Final = Aggregate("participant", Participant(), evolve)
