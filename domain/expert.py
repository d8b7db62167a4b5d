"""Who answers questions as an expert: somebody of the organisation, or a guest from outside."""

from datetime import date

from domain.event import DomainEvent
from domain.participant import (
    GuestInvited,
    ListedAsExpert,
    Participant,
    UnlistedAsExpert,
    refuse_absent,
    register,
)
from domain.refusal import Refusal

GUEST = "guest"
"""The source of whoever is known by an invitation only."""


class GuestListsThemself(Refusal):
    """A guest is listed once they have accepted the invitation themself."""


class InvitationHasExpired(Refusal):
    """This invitation could be accepted until {until}; ask for a new one."""


class InvitationIsOver(Refusal):
    """An invitation holds for today at least; give a later day."""


class AlreadyOfTheOrganisation(Refusal):
    """This person is of the organisation, and needs no invitation to be listed as an expert."""


def list_as_expert(
    state: Participant, *, headline: str, topics: tuple[str, ...], by_themself: bool, today: date
) -> list[DomainEvent]:
    """A guest accepts the invitation by this; once listed, they stay so beyond its end."""
    refuse_absent(state)
    wished = ListedAsExpert(headline=headline, topics=topics)
    if state.expert == wished:
        return []
    if state.invited and not state.expert:
        if not by_themself:
            raise GuestListsThemself
        if state.invited.until < today:
            raise InvitationHasExpired(until=state.invited.until.isoformat())
    return [wished]


def unlist_as_expert(state: Participant) -> list[DomainEvent]:
    refuse_absent(state)
    return [UnlistedAsExpert()] if state.expert else []


def invite_guest(
    state: Participant,
    *,
    name: str,
    email: str,
    until: date,
    today: date,
    headline: str | None = None,
    topics: tuple[str, ...] = (),
) -> list[DomainEvent]:
    """Makes them known; invited again, only what the invitation says changes."""
    if state.registration and not state.invited:
        raise AlreadyOfTheOrganisation
    registered = register(state, name=name, email=email, source=GUEST)
    wished = GuestInvited(until=until, headline=headline, topics=topics)
    if not registered:
        refuse_absent(state)
    if state.invited == wished:
        return []
    if until < today:
        raise InvitationIsOver
    return [*registered, wished]
