"""How every command behaves, whatever it wants."""

from uuid import uuid4

from domain.permissions import Role
from tests.house import House


def test_a_command_answers_with_the_entity_as_it_reads_afterwards(house: House) -> None:
    ada = house.person("Ada")
    selection = "participant { id name competenciesOffered { competency level } }"
    payload = house.done(ada, "offerCompetency", {"competency": "Python", "level": 4}, selection)
    offered = [{"competency": "Python", "level": 4}]
    assert payload["participant"] == {"id": ada.id, "name": "Ada", "competenciesOffered": offered}
    assert int(payload["position"]) == house.store.head()
