"""Which wish follows another: one at a time, the best that has not been asked, until something is agreed."""

from uuid import UUID

from domain.cascade import Asked, last_wish, wishes_left
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
    assert last_wish([later, DECLINED]) is later
    assert last_wish([]) is None


def test_nothing_follows_while_another_wish_waits() -> None:
    assert last_wish([DECLINED, WAITING]) is None


def test_what_is_asked_outside_the_list_neither_leads_on_nor_stands_in_the_way() -> None:
    aside = asked(LIN, Status.DECLINED, rank=None, made=5, ended=40)
    assert last_wish([aside]) is None
    assert last_wish([DECLINED, aside, asked(LIN, Status.WAITING, rank=None, made=6, ended=None)]) is DECLINED


def test_nothing_follows_what_was_agreed() -> None:
    assert last_wish([DECLINED, asked(KIM, Status.CONFIRMED, rank=2, made=21, ended=30)]) is None
    assert last_wish([DECLINED], confirmed=15) is None
    assert last_wish([DECLINED], confirmed=9) is DECLINED


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
