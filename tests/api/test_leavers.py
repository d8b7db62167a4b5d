"""Who goes is soon in no relationship any more, and what they held is free for others."""

from tests.api.accompanied import Accompanied
from tests.house import Caller, House
from tests.projections.given import eventually

STATE = "mentorship(id: $id) { state endReason noFault members { leftAt participant { id } } }"
ASK = f"query ($id: ID!) {{ {STATE} }}"


def gone(house: House, who: Caller) -> None:
    given = {"participant": who.id, "reason": "LEFT_ORGANISATION"}
    house.done(house.registrar, "markParticipantLeft", given)


def test_a_pair_ends_and_its_mentor_is_free_again(house: House) -> None:
    here = Accompanied(house)
    ada, noor, lin = here.meeting.mentor(), here.meeting.mentee(), here.meeting.mentee("Lin")
    pair = here.pair(ada, noor)
    here.meeting.capacity(menteesPerMentor=1, mentorsPerMentee=1, openRequests=3, hoursAMonth=2)
    gone(house, noor)
    eventually(lambda: house.ask(ada, ASK, id=pair)["mentorship"]["state"] == "ENDED_EARLY")
    found = house.ask(ada, ASK, id=pair)["mentorship"]
    assert (found["endReason"], found["noFault"]) == ("LEFT_ORGANISATION", True)
    assert here.pair(ada, lin) != pair


def test_a_group_goes_on(house: House) -> None:
    here = Accompanied(house)
    ada, mentees = here.meeting.mentor(), [here.meeting.mentee(name) for name in ("Noor", "Lin", "Ola")]
    group = here.group(ada, *mentees)
    part = {"enrollment": here.meeting.parts[mentees[0].id]}
    house.done(mentees[0], "withdrawEnrollment", part)

    def left() -> list[str]:
        members = house.ask(ada, ASK, id=group)["mentorship"]["members"]
        return [one["participant"]["id"] for one in members if one["leftAt"]]

    eventually(left)
    assert left() == [mentees[0].id]
    assert house.ask(ada, ASK, id=group)["mentorship"]["state"] == "RUNNING"
