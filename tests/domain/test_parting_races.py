"""Whoever reopens, takes in and hands over at once, from however many processes: nobody is overfilled."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final
from uuid import UUID

from domain import places
from domain.guards import StillChanging
from domain.ids import MentorshipId, ProposalId, mentorship_id
from domain.mentorship import MENTORSHIP, Concluded, Outcome
from domain.relationship import RUNNING
from domain.store import Conflict, Database, KeyRing, Store
from tests.domain.places_held import Scene, everybody_is_in
from tests.domain.related import CIRCLE, began, mentee, mentor
from tests.people import ADA, KIM, LIN, NOOR, OLA, SAM
from tests.programs import PAIR

EACH: Final = 4
ENDED: Final = Concluded(outcome=Outcome.ACHIEVED)


def ids(kind: int) -> list[tuple[MentorshipId, ProposalId]]:
    proposals = [ProposalId(UUID(int=kind * 0x100 + number)) for number in range(EACH)]
    return [(mentorship_id(one), one) for one in proposals]


def wishes_for_ada(scenes: tuple[Scene, Scene]) -> list[Callable[[], object]]:
    """Pairs of hers that could be reopened, circles that could take her in, pairs that she could take over:
    by turns from two processes.
    """
    first, made = scenes[0], list[Callable[[], object]]()
    for number, (id_, one) in enumerate(ids(1)):
        first.happened(MENTORSHIP, id_, began(PAIR, mentor(ADA), mentee(NOOR), proposal=one), ENDED)
        made.append(partial(scenes[number % 2].reopen, id_))
    for number, (id_, one) in enumerate(ids(2)):
        first.begin(began(CIRCLE, mentor(KIM), mentee(LIN), mentee(SAM), proposal=one), id_)
        made.append(partial(scenes[number % 2].join, mentor(ADA), id_))
    for number, (id_, one) in enumerate(ids(3)):
        first.begin(began(PAIR, mentor(OLA), mentee(LIN), proposal=one), id_)
        made.append(partial(scenes[number % 2].hand_over, ADA, id_=id_))
    return made


def test_the_last_place_is_given_once(organisation: Database) -> None:
    keys = KeyRing.random()
    with Store.open(organisation, keys) as one, Store.open(organisation, keys) as other:
        scene = everybody_is_in(one)
        wishes = wishes_for_ada((scene, Scene(other)))
        together = threading.Barrier(len(wishes))

        def granted(wish: Callable[[], object]) -> bool:
            together.wait()
            while True:
                try:
                    wish()
                except (StillChanging, Conflict):
                    continue
                except (places.MentorIsFull, places.MenteeIsFull):
                    return False
                return True

        with ThreadPoolExecutor(len(wishes)) as threads:
            assert list(threads.map(granted, wishes)).count(True) == 1
        assert len(scene.of(ADA).places) == 1
        everything = [id_ for kind in (1, 2, 3) for id_, _ in ids(kind)]
        lived = [scene.held(id_) for id_ in everything]
        lived += [scene.held(held.successor) for held in lived if held.successor]
        assert sum(held.status in RUNNING and ADA.id in held.members for held in lived) == 1
