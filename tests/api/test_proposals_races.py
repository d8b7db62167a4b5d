"""Answers that meet: the last place goes to one, hours are given once, and a request is made once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from api.command import ATTEMPTS, Done, until_unchanged
from domain.guards import StillChanging
from tests.api.meeting import meeting
from tests.api.serving import serving
from tests.api.test_commands_races import at_once
from tests.house import Caller, House, Json

PEOPLE = 64


@contextmanager
def another_process(house: House) -> Iterator[House]:
    """The same organisation served once more, by a store that knows nothing of the other's turns."""
    with serving(house.database, keys=house.keys) as served, served.client() as http:
        yield House(house.database, house.keys, http, served.tokens, house.store)


def test_of_64_who_accept_the_same_mentors_last_place_at_once_one_wins(house: House) -> None:
    here = meeting(house)
    here.capacity(menteesPerMentor=1)
    ada = here.mentor()
    mentees = [here.mentee(f"Mentee {n}") for n in range(PEOPLE)]
    proposals = [here.proposed(ada, mentee) for mentee in mentees]
    for proposal in proposals:
        house.done(ada, "acceptProposal", {"proposal": proposal})
    head = house.store.head()
    with another_process(house) as other:

        def accept(n: int) -> Callable[[], Json]:
            asked, given = (house, other)[n % 2], {"proposal": proposals[n]}
            return lambda: asked.tell(mentees[n], "acceptProposal", given)

        payloads = at_once(*[accept(n) for n in range(PEOPLE)])
    codes = Counter(error["code"] for payload in payloads for error in payload["errors"])
    assert codes == {"MENTOR_IS_FULL": PEOPLE - 1}
    written = house.events_since(head)
    assert sorted(one.name for one in written) == [
        "enrollment.place_reserved",
        "enrollment.place_reserved",
        "mentorship.began",
        "proposal.accepted",
        "proposal.confirmed",
    ]
    assert len({one.command_id for one in written}) == 1
    [winner] = [n for n, payload in enumerate(payloads) if not payload["errors"]]
    assert here.history(proposals[winner])[-1] == "proposal.confirmed"


def test_hours_are_never_given_twice_in_two_programmes_at_once(house: House) -> None:
    first, second = meeting(house), meeting(house)
    ada = first.mentor()
    second.brought(ada, "MENTOR")
    house.done(ada, "setAvailability", {"hoursAMonth": 7, "accepting": True}, "participant { id }")
    asked: list[tuple[Caller, str]] = []
    for here in (first, second):
        here.capacity(menteesPerMentor=9, hoursAMonth=2)
        for n in range(4):
            mentee = here.mentee(f"Mentee {n}")
            asked.append((mentee, here.proposed(ada, mentee)))
    for _, proposal in asked:
        house.done(ada, "acceptProposal", {"proposal": proposal})
    with another_process(house) as other:

        def accept(n: int) -> Callable[[], Json]:
            who, proposal = asked[n]
            return lambda: (house, other)[n % 2].tell(who, "acceptProposal", {"proposal": proposal})

        payloads = at_once(*[accept(n) for n in range(len(asked))])
    codes = Counter(error["code"] for payload in payloads for error in payload["errors"])
    assert codes == {"MENTOR_HAS_NO_HOURS": 5}


def test_one_request_made_sixteen_times_at_once_is_one_proposal(house: House) -> None:
    here = meeting(house)
    ada, noor, head = here.mentor(), here.mentee(), house.store.head()
    with another_process(house) as other:
        calls = [
            lambda asked=asked: asked.done(noor, "requestMentor", here.request(ada), "proposal { id }")
            for asked in (house, other) * 8
        ]
        made = at_once(*calls)
    assert len({payload["proposal"]["id"] for payload in made}) == 1
    assert here.names(head) == ["proposal.made", "proposal.accepted", "enrollment.request_opened"]


def test_two_answers_at_once_leave_one_outcome(house: House) -> None:
    here = meeting(house)
    ada, noor = here.mentor(), here.mentee()
    proposal = {"proposal": here.requested(noor, ada)}
    payloads = at_once(
        lambda: house.tell(ada, "acceptProposal", proposal),
        lambda: house.tell(ada, "declineProposal", proposal),
        lambda: house.tell(noor, "withdrawProposal", proposal),
    )
    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1, 1]
    ends = {"proposal.confirmed", "proposal.declined", "proposal.withdrawn"}
    assert len(ends & set(here.history(proposal["proposal"]))) == 1


def test_nobody_is_asked_beyond_the_limit_however_many_requests_meet(house: House) -> None:
    here = meeting(house)
    here.capacity(openRequests=2)
    mentors, noor = [here.mentor(f"Mentor {n}") for n in range(8)], here.mentee()
    head = house.store.head()
    requests = [
        lambda mentor=mentor: house.tell(noor, "requestMentor", here.request(mentor)) for mentor in mentors
    ]
    payloads = at_once(*requests)
    assert here.names(head).count("enrollment.request_opened") == 2
    codes = {error["code"] for payload in payloads for error in payload["errors"]}
    assert codes <= {"TOO_MANY_REQUESTS", "STILL_CHANGING"}


@pytest.mark.parametrize("changes", [0, 1, ATTEMPTS - 1, ATTEMPTS])
def test_what_changes_meanwhile_is_told_anew_but_not_for_ever(changes: int) -> None:
    left = iter(range(changes))

    async def attempt() -> Done:
        if next(left, None) is not None:
            raise StillChanging
        return Done(uuid4(), 1)

    if changes < ATTEMPTS:
        assert asyncio.run(until_unchanged(attempt)).position == 1
    else:
        with pytest.raises(StillChanging):
            asyncio.run(until_unchanged(attempt))
