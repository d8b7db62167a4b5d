"""Somebody is quicker than who moves proposals on: what holds is what was so when it was recorded."""

from uuid import UUID

import pytest

from domain import proposal
from domain.enrollment import PlaceReleased, PlaceReserved, WishesRanked, Withdrawn
from domain.event import DomainEvent
from domain.guards import StillChanging
from domain.ids import ProposalId
from domain.participant import PersonAvoided
from domain.proposal import Accepted, Expired, Status
from domain.store import Database, Store
from projections.projection import connect
from tests.people import ADA, KIM, LIN, NOOR, ONBOARDING, SAM, Person
from tests.projections.given import happened
from tests.workers.at_work import RING
from tests.workers.racing import racing
from tests.workers.wishing import Clock, Matchmaker, everybody_is_in, parked
from workers import endings, wishes
from workers.proposals import NAME, Proposals


def test_what_is_answered_just_in_time_does_not_expire(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Matchmaker(organisation, store, Clock())
        id_ = people.propose(ADA, NOOR)
        people.clock.move(days=14)
        with racing(organisation, monkeypatch, (id_, proposal.Withdrawn()), actors=[NAME]) as quick:
            Matchmaker(organisation, quick, people.clock).move_on()
        names = [told.name for told in store.history(id_)]
        assert names == ["proposal.made", "proposal.withdrawn"]


def test_who_gets_a_place_just_in_time_is_not_superseded(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Matchmaker(organisation, store, Clock())
        id_, here = people.propose(ADA, NOOR), ADA.in_program(ONBOARDING)
        taken = [ProposalId(UUID(int=number)) for number in (1, 2)]
        for one in taken:
            happened(store, here, PlaceReserved(proposal=one, hours_a_month=2))
        with racing(
            organisation, monkeypatch, (here, PlaceReleased(proposal=taken[0])), actors=[NAME]
        ) as quick:
            Matchmaker(organisation, quick, people.clock).move_on()
        assert people.status(id_) is Status.WAITING


def test_what_somebody_ends_just_before_is_not_ended_twice(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Matchmaker(organisation, store, Clock())
        id_ = people.propose(ADA, NOOR)
        happened(store, ADA.in_program(ONBOARDING), Withdrawn())
        with racing(organisation, monkeypatch, (id_, Expired()), actors=[NAME]) as quick:
            Matchmaker(organisation, quick, people.clock).move_on()
        assert people.status(id_) is Status.EXPIRED


@pytest.mark.parametrize(
    ("news", "then"),
    [
        ((KIM.id, PersonAvoided(person=NOOR.id)), LIN),
        ((NOOR.in_program(ONBOARDING), WishesRanked(wishes=(ADA.id, LIN.id))), LIN),
        ((KIM.in_program(ONBOARDING), Withdrawn()), LIN),
        ((NOOR.in_program(ONBOARDING), Withdrawn()), None),
    ],
)
def test_the_next_wish_is_by_what_holds_when_it_is_made(
    organisation: Database,
    monkeypatch: pytest.MonkeyPatch,
    news: tuple[UUID, DomainEvent],
    then: Person | None,
) -> None:
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Matchmaker(organisation, store, Clock())
        people.rank(NOOR, ADA, KIM, LIN)
        people.decline(people.ask(NOOR, ADA), ADA)
        with racing(organisation, monkeypatch, news, actors=[NAME]) as quick:
            Matchmaker(organisation, quick, people.clock).move_on()
        assert [mentor for mentor, *_ in people.wishes(NOOR)[1:]] == ([then.id] if then else [])


def test_who_asks_somebody_themself_meanwhile_is_left_to_it(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked since the read models were read: what follows is for the end of that."""
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Matchmaker(organisation, store, Clock())
        people.rank(NOOR, ADA, KIM, LIN)
        people.decline(people.ask(NOOR, ADA), ADA)
        people.shown()
        own = people.ask(NOOR, LIN, rank=3)
        with connect(organisation) as connection:
            worker = Proposals(connection, store, people.clock)
            while worker.advance():
                pass
        assert people.part(NOOR).requests == {own}
        people.decline(own, LIN)
        people.move_on()
        assert [mentor for mentor, *_ in people.wishes(NOOR)] == [ADA.id, LIN.id, KIM.id]


def test_who_is_changed_all_the_time_is_neither_lost_nor_parked(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Matchmaker(organisation, store, Clock())
        people.rank(NOOR, ADA, KIM)
        people.decline(people.ask(NOOR, ADA), ADA)
        monkeypatch.setattr(wishes, "ATTEMPTS", 1)
        with racing(
            organisation, monkeypatch, (KIM.id, PersonAvoided(person=SAM.id)), actors=[NAME]
        ) as quick:
            changed = Matchmaker(organisation, quick, people.clock)
            with pytest.raises(StillChanging):
                changed.move_on()
            assert parked(organisation) == []
            changed.move_on()
        assert people.wishes(NOOR)[1:] == [(KIM.id, 2, "waiting")]


def test_an_answer_and_the_rule_cannot_both_win(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An acceptance just before leaves a proposal that can still be superseded, once."""
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Matchmaker(organisation, store, Clock())
        id_ = people.propose(ADA, NOOR)
        for number in (1, 2):
            reserved = PlaceReserved(proposal=ProposalId(UUID(int=number)), hours_a_month=2)
            happened(store, ADA.in_program(ONBOARDING), reserved)
        with racing(organisation, monkeypatch, (id_, Accepted(by=NOOR.id)), actors=[NAME]) as quick:
            Matchmaker(organisation, quick, people.clock).move_on()
        names = [told.name for told in store.history(id_)]
        assert names == ["proposal.made", "proposal.accepted", "proposal.superseded"]


def test_what_changes_all_the_time_is_ended_later(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(organisation, RING) as store:
        everybody_is_in(store)
        people = Matchmaker(organisation, store, Clock())
        id_, here = people.propose(ADA, NOOR), ADA.in_program(ONBOARDING)
        happened(store, here, Withdrawn())
        monkeypatch.setattr(endings, "ATTEMPTS", 1)
        with racing(
            organisation, monkeypatch, (here, WishesRanked(wishes=(SAM.id,))), actors=[NAME]
        ) as quick:
            changed = Matchmaker(organisation, quick, people.clock)
            with pytest.raises(StillChanging):
                changed.move_on()
            assert parked(organisation) == []
            changed.move_on()
        assert people.status(id_) is Status.WITHDRAWN
