"""A calendar feed: one private address at a time, and none once it is revoked."""

import pytest
from pydantic import ValidationError

from domain import calendar_feed
from domain.calendar_feed import CALENDAR_FEED, Issued, Revoked
from tests.people import ADA
from tests.scenario import given

ISSUED = Issued(participant=ADA.id, digest="ab" * 32)
ANOTHER = Issued(participant=ADA.id, digest="cd" * 32)
REVOKED = Revoked(participant=ADA.id)


def test_an_address_is_issued_and_another_one_takes_its_place() -> None:
    given(CALENDAR_FEED).when(calendar_feed.issue, participant=ADA.id, digest="ab" * 32).then(ISSUED)
    given(CALENDAR_FEED, ISSUED).when(calendar_feed.issue, participant=ADA.id, digest="cd" * 32).then(ANOTHER)


def test_an_address_is_revoked_and_issued_anew() -> None:
    given(CALENDAR_FEED, ISSUED).when(calendar_feed.revoke, participant=ADA.id).then(REVOKED)
    given(CALENDAR_FEED).when(calendar_feed.revoke, participant=ADA.id).then_nothing()
    revoked = given(CALENDAR_FEED, ISSUED, REVOKED)
    revoked.when(calendar_feed.issue, participant=ADA.id, digest="ab" * 32).then(ISSUED)


@pytest.mark.parametrize("digest", ["", "ab" * 31, "AB" * 32, "the secret itself"])
def test_only_a_digest_is_kept(digest: str) -> None:
    with pytest.raises(ValidationError):
        Issued(participant=ADA.id, digest=digest)
