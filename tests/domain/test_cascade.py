"""Which wish follows another: one at a time, the best that has not been asked, until something is agreed."""

from uuid import UUID

from domain.cascade import Asked, goes_on, last_wish, wishes_left
from domain.ids import ParticipantId, ProposalId
from domain.proposal import Status
from tests.people import ADA, KIM, LIN, Person


def asked(
    mentor: Person, status: Status, *, rank: int | None = 1, made: int = 10, ended: int | None = 20
) -> Asked:
    return Asked(ProposalId(UUID(int=made)), mentor.id, status, rank, made, ended)


def left(*told: Asked, wishes: tuple[Person, ...] = (ADA, KIM, LIN)) -> list[tuple[int, ParticipantId]]:
    return list(wishes_left(told, [wish.id for wish in wishes]))


DECLINED = asked(ADA, Status.DECLINED)
WAITING = asked(KIM, Status.WAITING, rank=2, made=11, ended=None)


def test_the_next_follows_the_last_to_have_ended() -> None:
    later = asked(KIM, Status.EXPIRED, rank=2, made=21, ended=30)
    assert last_wish([DECLINED]) is DECLINED
    assert last_wish([later, DECLINED, WAITING]) is later
    assert last_wish([WAITING]) is last_wish([]) is None


def test_nothing_follows_while_another_wish_waits() -> None:
    assert goes_on([DECLINED])
    assert not goes_on([DECLINED, WAITING])


def test_a_list_that_nobody_could_be_asked_from_goes_on_too() -> None:
    assert goes_on([])
    assert not goes_on([], confirmed=5)


def test_what_is_asked_outside_the_list_neither_leads_on_nor_stands_in_the_way() -> None:
    aside = asked(LIN, Status.DECLINED, rank=None, made=5, ended=40)
    assert last_wish([DECLINED, aside]) is DECLINED
    assert goes_on([DECLINED, asked(LIN, Status.WAITING, rank=None, made=6, ended=None)])


def test_nothing_follows_what_was_agreed() -> None:
    assert not goes_on([DECLINED], confirmed=15)
    assert goes_on([DECLINED], confirmed=9)


def test_nobody_is_asked_again_but_who_never_could_answer() -> None:
    assert left(DECLINED) == [(2, KIM.id), (3, LIN.id)]
    assert left(DECLINED, WAITING) == [(3, LIN.id)]
    assert left(asked(ADA, Status.SUPERSEDED)) == [(1, ADA.id), (2, KIM.id), (3, LIN.id)]
    assert left(asked(KIM, Status.WITHDRAWN)) == [(1, ADA.id), (3, LIN.id)]


def test_whoever_was_passed_over_is_asked_before_who_is_wished_for_less() -> None:
    assert left(asked(KIM, Status.EXPIRED, rank=2)) == [(1, ADA.id), (3, LIN.id)]


def test_another_list_is_gone_through_anew() -> None:
    assert left(DECLINED, wishes=(LIN, ADA)) == [(1, LIN.id)]
    assert left(DECLINED, wishes=(ADA,)) == left(DECLINED, wishes=()) == []
