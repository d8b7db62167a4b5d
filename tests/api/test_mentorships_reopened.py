"""What is reopened brings nobody together whom matching would keep apart by now."""

from typing import Final

import pytest

from api.relay import global_id
from tests.api.accompanied import Accompanied
from tests.api.test_mentorships import code, flash, pair_of
from tests.house import Caller, House, Json

FAR: Final = "2999-01-01"


@pytest.fixture(scope="module")
def here(house: House) -> Accompanied:
    return Accompanied(house)


def avoid(house: House, one: Caller, other: Caller) -> None:
    house.done(one, "avoidPerson", {"person": other.id})


@pytest.mark.parametrize("mentee_avoids", [True, False])
def test_not_who_avoids_the_other_since(house: House, here: Accompanied, mentee_avoids: bool) -> None:
    ada, noor, own = pair_of(here)
    house.done(noor, "endMentorship", {**own, "reason": "NO_FIT"})
    avoid(house, *((noor, ada) if mentee_avoids else (ada, noor)))
    assert code(house, here.fay, "reopenMentorship", {**own, "until": FAR}) == "MENTOR_ACCEPTS_NOBODY"


def test_not_who_reports_to_the_other_since(house: House, here: Accompanied) -> None:
    ada, noor, own = pair_of(here)
    house.done(noor, "endMentorship", {**own, "reason": "GOALS_CHANGED"})
    record: Json = {"name": "Noor", "manager": ada.id}
    house.done(house.registrar, "syncRecord", {"participant": noor.id, "source": "hr", "record": record})
    here.meeting.configure(hardRules=["NOT_IN_REPORTING_LINE", "NOT_MATCHED_BEFORE"])
    assert code(house, here.fay, "reopenMentorship", {**own, "until": FAR}) == "PAIR_IS_BARRED"
    record = {"name": "Noor", "manager": None}
    house.done(house.registrar, "syncRecord", {"participant": noor.id, "source": "hr", "record": record})
    house.done(here.fay, "reopenMentorship", {**own, "until": FAR})


def test_not_outside_every_programme_either(house: House) -> None:
    ada, noor = house.person("Ada"), house.person("Noor")
    own: Json = {"mentorship": global_id("Mentorship", flash(house, ada, noor))}
    house.done(ada, "concludeMentorship", {**own, "outcome": "ACHIEVED"})
    avoid(house, noor, ada)
    assert code(house, house.registrar, "reopenMentorship", {**own, "until": FAR}) == "MENTOR_ACCEPTS_NOBODY"
