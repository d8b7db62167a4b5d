"""Experts: who lists themself, and guests from outside, who are listed once they have accepted."""

from datetime import date
from typing import Any, Final

import pytest

from domain import expert
from domain.expert import (
    AlreadyOfTheOrganisation,
    GuestListsThemself,
    InvitationHasExpired,
    InvitationIsOver,
)
from domain.participant import (
    PARTICIPANT,
    AlreadyRegistered,
    Erased,
    GuestInvited,
    Left,
    ListedAsExpert,
    Participant,
    PersonHasLeft,
    PersonIsErased,
    PersonIsUnknown,
    Registered,
    UnlistedAsExpert,
)
from domain.profile import LeavingReason
from tests.people import ADA
from tests.scenario import Given, given

TODAY: Final = date(2030, 5, 2)
LEFT: Final = Left(reason=LeavingReason.OWN_WISH)
LISTED: Final = ListedAsExpert(headline="Ask me", topics=("Python",))
LISTING: Final[dict[str, Any]] = {"headline": "Ask me", "topics": ("Python",), "today": TODAY}
GUEST: Final = Registered(name="Gus Guest", email="gus@example.com", source="guest")
INVITED: Final = GuestInvited(until=date(2030, 6, 1), headline="Knows engines", topics=("Engines",))
INVITING: Final[dict[str, Any]] = {
    "name": "Gus Guest",
    "email": "gus@example.com",
    "headline": "Knows engines",
    "topics": ("Engines",),
    "until": date(2030, 6, 1),
    "today": TODAY,
}


def ada(*more: Any) -> Given[Participant]:
    return given(PARTICIPANT, ADA.registered, *more)


def guest(*more: Any) -> Given[Participant]:
    return given(PARTICIPANT, GUEST, INVITED, *more)


@pytest.mark.parametrize("by_themself", [True, False])
def test_experts_are_listed_and_unlisted(by_themself: bool) -> None:
    ada().when(expert.list_as_expert, **LISTING, by_themself=by_themself).then(LISTED)
    ada(LISTED).when(expert.unlist_as_expert).then(UnlistedAsExpert())
    ada().when(expert.unlist_as_expert).then_nothing()


def test_nobody_is_listed_who_is_not_there() -> None:
    for history, refusal in (
        (given(PARTICIPANT), PersonIsUnknown),
        (ada(LEFT), PersonHasLeft),
        (ada(Erased()), PersonIsErased),
    ):
        history.when(expert.list_as_expert, **LISTING, by_themself=True).then_refused(refusal)
        history.when(expert.unlist_as_expert).then_refused(refusal)


def test_a_guest_is_made_known_by_the_invitation() -> None:
    given(PARTICIPANT).when(expert.invite_guest, **INVITING).then(GUEST, INVITED)


def test_a_guest_is_invited_for_longer() -> None:
    longer = {**INVITING, "until": date(2030, 9, 1)}
    guest().when(expert.invite_guest, **longer).then(INVITED.model_copy(update={"until": date(2030, 9, 1)}))
    guest().when(expert.invite_guest, **INVITING).then_nothing()


def test_whoever_is_of_the_organisation_needs_no_invitation() -> None:
    ada().when(expert.invite_guest, **INVITING).then_refused(AlreadyOfTheOrganisation)


def test_an_invitation_is_for_somebody_who_can_come() -> None:
    guest().when(expert.invite_guest, **{**INVITING, "name": "Gil"}).then_refused(AlreadyRegistered)
    guest(LEFT).when(expert.invite_guest, **INVITING).then_refused(PersonHasLeft)
    guest(Erased()).when(expert.invite_guest, **INVITING).then_refused(PersonIsErased)


def test_an_invitation_that_is_over_is_none() -> None:
    yesterday = {**INVITING, "until": date(2030, 5, 1)}
    given(PARTICIPANT).when(expert.invite_guest, **yesterday).then_refused(InvitationIsOver)


@pytest.mark.parametrize("day", [TODAY, INVITED.until])
def test_a_guest_accepts_by_listing_themself(day: date) -> None:
    guest().when(expert.list_as_expert, **{**LISTING, "today": day}, by_themself=True).then(LISTED)


def test_nobody_accepts_for_a_guest() -> None:
    guest().when(expert.list_as_expert, **LISTING, by_themself=False).then_refused(GuestListsThemself)


def test_a_guest_who_accepts_too_late_needs_a_new_invitation() -> None:
    late = {**LISTING, "today": date(2030, 6, 2)}
    guest().when(expert.list_as_expert, **late, by_themself=True).then_refused(
        InvitationHasExpired, until="2030-06-01"
    )
    guest(LISTED, UnlistedAsExpert()).when(expert.list_as_expert, **late, by_themself=True).then_refused(
        InvitationHasExpired, until="2030-06-01"
    )


@pytest.mark.parametrize("by_themself", [True, False])
def test_a_guest_who_is_listed_stays_so(by_themself: bool) -> None:
    later = {**LISTING, "headline": "Ask me more", "today": date(2031, 1, 1)}
    anew = ListedAsExpert(headline="Ask me more", topics=("Python",))
    guest(LISTED).when(expert.list_as_expert, **later, by_themself=by_themself).then(anew)
