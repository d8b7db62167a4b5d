"""Whatever is done to a relationship, in whatever order: whoever is in it while it runs has a place."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import course
from domain.command import Receipt
from domain.enrollment import Withdrawn
from domain.guards import StillChanging
from domain.ids import MentorshipId
from domain.mentorship import EndReason
from domain.parting import ending, leaver, losing
from domain.program_settings import Side
from domain.refusal import Refusal
from domain.relationship import RUNNING
from domain.store import Store
from tests.domain.places_held import MENTEES, MENTORS, Scene, everybody_is_in
from tests.domain.related import AROUND, BEGAN, mentee, mentor

Move = tuple[str, int, int]
moves = st.lists(
    st.tuples(
        st.sampled_from(
            ["join", "leave", "end", "conclude", "reopen", "hand over", "withdraw", "return", "lose"]
        ),
        st.integers(0, 5),
        st.integers(0, 2),
    ),
    min_size=5,
    max_size=25,
)


def wished(scene: Scene, id_: MentorshipId, move: Move) -> Callable[[], Receipt | None]:
    """`id_` is any of those it went on as, also one that is over."""
    what, number, other = move
    who, another = (*MENTORS, *MENTEES)[number], MENTORS[other]
    member = mentor(who) if who in MENTORS else mentee(who)
    end: dict[str, Any] = {"by": None, "reason": EndReason.NO_TIME}
    calls: dict[str, Callable[[], Receipt | None]] = {
        "join": partial(scene.join, member, id_=id_),
        "leave": partial(scene.leave, who, id_=id_),
        "end": lambda: scene.do(ending(*scene.both(id_), course.end_early, **end)),
        "conclude": partial(scene.conclude, id_),
        "reopen": partial(scene.reopen, id_),
        "hand over": partial(scene.hand_over, *dict.fromkeys((MENTORS[number % 3], another)), id_=id_),
        "withdraw": partial(scene.part, who.id, Withdrawn()),
        "return": partial(scene.joined, who, Side.MENTOR if who in MENTORS else Side.MENTEE),
        "lose": partial(lose, scene, id_),
    }
    return calls[what]


def lose(scene: Scene, id_: MentorshipId) -> Receipt | None:
    """As the worker does it, of whatever runs."""
    within, held = scene.both(id_)
    gone = {who: found for who in held.members if (found := gone_from(scene, held.members, who))}
    return scene.do(losing(within, held, gone)) if gone and held.status in RUNNING else None


def gone_from(scene: Scene, sides: Any, who: Any) -> Any:
    (person,) = (one for one in (*MENTORS, *MENTEES) if one.id == who)
    return leaver(scene.person(person), scene.of(person), sides[who])


@pytest.mark.parametrize("began", [BEGAN, AROUND], ids=["pair", "circle"])
def test_places_are_those_of_who_is_in_what_runs(began: Any) -> None:
    @settings(max_examples=60)
    @given(moves)
    def holds(lived: list[Move]) -> None:
        with Store.in_memory() as store:
            scene = everybody_is_in(store)
            scene.begin(began)
            for move in lived:
                for id_ in scene.chain():
                    try:
                        wished(scene, id_, move)()
                    except StillChanging:
                        raise
                    except Refusal:
                        continue
                    assert scene.holding() == scene.running()

    holds()
