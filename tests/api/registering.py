"""Something to follow: people who are registered, one event each."""

from uuid import uuid4

from domain.command import Command
from domain.ids import ParticipantId
from domain.participant import PARTICIPANT, register
from domain.store import Act, Store

TOGETHER = 100


def register_people(store: Store, count: int) -> None:
    """A hundred in one append, so that followers get pages as well as single events."""
    for begun in range(0, count, TOGETHER):
        store.act_all([_registration(number) for number in range(begun, min(begun + TOGETHER, count))])


def _registration(number: int) -> Act:
    person = PARTICIPANT.stream(ParticipantId(uuid4()))
    return Act(Command(uuid4(), "import"), person, register, {"name": f"Person {number}", "source": "csv"})
