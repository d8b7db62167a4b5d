"""Changes that meet: a mentor's last place goes to one relationship, and what ends ends once."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from tests.api.accompanied import Accompanied
from tests.api.test_commands_races import at_once
from tests.api.test_proposals_races import another_process
from tests.house import House, Json

PAIRS: Final = 12


def test_a_mentor_with_one_place_takes_over_one_of_twelve(house: House) -> None:
    here = Accompanied(house)
    kim = here.meeting.mentor("Kim")
    here.pair(kim, here.meeting.mentee("Lin"))
    pairs = [here.pair(here.meeting.mentor(f"M {n}"), here.meeting.mentee(f"N {n}")) for n in range(PAIRS)]
    with another_process(house) as other:

        def hand_over(n: int) -> Callable[[], Json]:
            asked, given = (house, other)[n % 2], {"mentorship": pairs[n], "mentors": [kim.id]}
            return lambda: asked.tell(here.fay, "handOverMentorship", given, "mentorship { state }")

        payloads = at_once(*[hand_over(n) for n in range(PAIRS)])
    codes = Counter(error["code"] for payload in payloads for error in payload["errors"])
    assert codes == {"MENTOR_IS_FULL": PAIRS - 1}
    assert here.places(kim) == 2
    states = Counter(here.shown(one, "state", here.fay)["state"] for one in pairs)
    assert states == {"RUNNING": PAIRS - 1, "HANDED_OVER": 1}


def test_all_members_of_a_group_who_leave_at_once_leave_enough_behind(house: House) -> None:
    here = Accompanied(house)
    ada, mentees = here.meeting.mentor(), [here.meeting.mentee(f"Mentee {n}") for n in range(3)]
    own = {"mentorship": here.group(ada, *mentees)}
    with another_process(house) as other:
        leaving = [
            (lambda one=one, asked=asked: asked.tell(one, "leaveMentorship", own))
            for one, asked in zip(mentees, (house, other, house), strict=True)
        ]
        payloads = at_once(*leaving)
    codes = sorted(error["code"] for payload in payloads for error in payload["errors"])
    assert codes == ["TOO_FEW_WOULD_REMAIN"] * 2
    assert sorted(here.places(one) for one in mentees) == [0, 1, 1]


def test_what_both_end_at_once_ends_once(house: House) -> None:
    here = Accompanied(house)
    ada, noor = here.meeting.mentor(), here.meeting.mentee()
    mentorship = here.pair(ada, noor)
    head = house.store.head()
    conclude = {"mentorship": mentorship, "outcome": "ACHIEVED"}
    end = {"mentorship": mentorship, "reason": "NO_TIME"}
    payloads = at_once(
        lambda: house.tell(ada, "concludeMentorship", conclude),
        lambda: house.tell(noor, "endMentorship", end),
    )
    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1]
    names = sorted(one.name for one in house.events_since(head))
    assert names[:2] == ["enrollment.place_released"] * 2
    assert len(names) == 3
    assert (here.places(ada), here.places(noor)) == (0, 0)
