"""Experts are found by words, also misspelled ones, and by what they say of themselves; some take nobody."""

from typing import Any, Final

import pytest

from domain.permissions import Role
from tests.api.meeting import meeting
from tests.house import Caller, House, Json

SEARCH: Final = """
query ($search: String, $filter: DirectoryFilter, $order: DirectoryOrder, $first: Int, $after: String) {
  directory(search: $search, filter: $filter, orderBy: $order, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
    edges { cursor node { headline topics languages location rating ratings available guest excerpt
      participant { id name } } }
    facets { topics { value count } languages { value count } locations { value count }
      available { value count } complete }
  }
}
"""


def listed(
    house: House, name: str, headline: str, *topics: str, biography: str = "", **record: Any
) -> Caller:
    person = house.person(name, **record)
    if biography:
        house.done(person, "describeProfile", {"profile": {"biography": biography}})
    house.done(person, "listAsExpert", {"headline": headline, "topics": list(topics)}, "participant { id }")
    return person


@pytest.fixture(scope="module")
def experts(house: House) -> dict[str, Caller]:
    told = {
        "Ada": ("Builds engines that weave", ("Engines", "Python"), "Lagos", ["en"], "Loves looms."),
        "Kai": ("Speaks in public", ("Public speaking",), "Lagos", ["en", "de"], "Once wove by hand."),
        "Zoe": ("Leads through change", ("Leadership", "python"), "Oslo", ["no"], "Python since 1999."),
    }
    found = {}
    for name, (headline, topics, location, languages, biography) in told.items():
        record = {"location": location, "languages": languages, "jobTitle": "Engineer"}
        found[name] = listed(house, name, headline, *topics, biography=biography, **record)
    house.done(found["Zoe"], "setAvailability", {"hoursAMonth": 0}, "participant { id }")
    return found


@pytest.fixture(scope="module")
def noor(house: House) -> Caller:
    return house.person("Noor")


def search(house: House, caller: Caller, text: str | None = None, **more: Any) -> Json:
    found: Json = house.ask(caller, SEARCH, search=text, **more)["directory"]
    return found


def names(found: Json) -> list[str]:
    return [edge["node"]["participant"]["name"] for edge in found["edges"]]


def counts(found: Json, facet: str) -> dict[str, int]:
    return {one["value"]: one["count"] for one in found["facets"][facet]}


@pytest.mark.usefixtures("experts")
def test_an_expert_is_shown_with_what_they_offer(house: House, noor: Caller) -> None:
    (edge,) = search(house, noor, "weave")["edges"]
    assert {**edge["node"], "participant": None} == {
        "headline": "Builds engines that weave",
        "topics": ["Engines", "Python"],
        "languages": ["en"],
        "location": "Lagos",
        "rating": None,
        "ratings": 0,
        "available": True,
        "guest": False,
        "excerpt": "Builds engines that weave · Engines, Python · Engineer · Loves looms.",
        "participant": None,
    }


@pytest.mark.usefixtures("experts")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python", ["Ada", "Zoe"]),
        ("pythn", ["Ada", "Zoe"]),
        ("PUBLIC speak", ["Kai"]),
        ("engin", ["Ada", "Kai", "Zoe"]),
        ("kai", ["Kai"]),
        ("looms", ["Ada"]),
        ("lagos python", ["Ada"]),
        ("xylophonists", []),
        ("python xylophonists", []),
        ("++", []),
        ("  ", ["Ada", "Kai", "Zoe"]),
        (None, ["Ada", "Kai", "Zoe"]),
    ],
)
def test_words_are_found_wherever_they_stand_and_however_they_are_spelled(
    house: House, noor: Caller, text: str | None, expected: list[str]
) -> None:
    found = search(house, noor, text)
    assert sorted(names(found)) == expected
    assert found["totalCount"] == len(expected)


@pytest.mark.usefixtures("experts")
def test_who_names_it_as_a_topic_comes_before_who_mentions_it(house: House, noor: Caller) -> None:
    assert names(search(house, noor, "wove")) == ["Kai"]
    assert (
        names(search(house, noor, "python"))[0] == "Ada" or names(search(house, noor, "python"))[0] == "Zoe"
    )
    assert names(search(house, noor, "engines engineer"))[0] == "Ada"


@pytest.mark.usefixtures("experts")
@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"topics": ["PYTHON"]}, ["Ada", "Zoe"]),
        ({"topics": ["Engines", "Leadership"]}, ["Ada", "Zoe"]),
        ({"languages": ["de", "no"]}, ["Kai", "Zoe"]),
        ({"locations": ["Lagos"]}, ["Ada", "Kai"]),
        ({"locations": ["Lagos"], "languages": ["de"]}, ["Kai"]),
        ({"available": True}, ["Ada", "Kai"]),
        ({"available": False}, ["Zoe"]),
        ({"guests": False}, ["Ada", "Kai", "Zoe"]),
        ({"guests": True}, []),
        ({"minRating": 1}, []),
        ({"topics": []}, []),
        ({"topics": None}, ["Ada", "Kai", "Zoe"]),
    ],
)
def test_every_condition_narrows(house: House, noor: Caller, chosen: Json, expected: list[str]) -> None:
    found = search(house, noor, filter=chosen, order="NAME")
    assert names(found) == expected
    assert found["totalCount"] == len(expected)


@pytest.mark.usefixtures("experts")
def test_counts_respect_the_other_conditions_and_not_their_own(house: House, noor: Caller) -> None:
    found = search(house, noor)
    assert counts(found, "topics") == {"Python": 2, "Engines": 1, "Leadership": 1, "Public speaking": 1}
    assert counts(found, "locations") == {"Lagos": 2, "Oslo": 1}
    assert counts(found, "available") == {"true": 2, "false": 1}
    assert found["facets"]["complete"]
    found = search(house, noor, filter={"locations": ["Lagos"], "languages": ["de"]})
    assert counts(found, "locations") == {"Lagos": 1}
    assert counts(found, "languages") == {"en": 2, "de": 1}
    assert counts(found, "topics") == {"Public speaking": 1}
    found = search(house, noor, "python", filter={"topics": ["Engines"]})
    assert counts(found, "topics") == {"Python": 2, "Engines": 1, "Leadership": 1}
    assert counts(found, "languages") == {"en": 1}


@pytest.mark.usefixtures("experts")
@pytest.mark.parametrize("order", ["RELEVANCE", "RATING", "NAME"])
@pytest.mark.parametrize("text", [None, "engineer"])
def test_a_page_goes_on_where_the_last_one_ended(
    house: House, noor: Caller, order: str, text: str | None
) -> None:
    whole = search(house, noor, text, order=order)
    first = search(house, noor, text, order=order, first=2)
    assert first["pageInfo"]["hasNextPage"]
    rest = search(house, noor, text, order=order, first=2, after=first["pageInfo"]["endCursor"])
    assert [*first["edges"], *rest["edges"]] == whole["edges"]
    assert rest["pageInfo"] | {"endCursor": ""} == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "endCursor": "",
    }
    nothing = search(house, noor, text, order=order, first=0)
    assert (nothing["edges"], nothing["pageInfo"]["endCursor"]) == ([], None)


@pytest.mark.usefixtures("experts")
@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"first": 101}, "BAD_PAGE"),
        ({"first": -1}, "BAD_PAGE"),
        ({"after": "bad"}, "BAD_CURSOR"),
        ({"search": "x" * 201}, "BAD_TEXT"),
        ({"search": "\x00"}, "BAD_TEXT"),
        ({"filter": {"topics": ["x"] * 51}}, "BAD_TEXT"),
        ({"filter": {"locations": ["\x00"]}}, "BAD_TEXT"),
    ],
)
def test_bad_input_is_refused(house: House, noor: Caller, variables: Json, code: str) -> None:
    found = house.answer(noor, SEARCH, variables)
    assert found["data"] == {"directory": None}
    assert [error["extensions"]["code"] for error in found["errors"]] == [code]


@pytest.mark.usefixtures("experts")
def test_a_cursor_of_another_order_is_refused(house: House, noor: Caller) -> None:
    cursor = search(house, noor, order="NAME", first=1)["pageInfo"]["endCursor"]
    found = house.answer(noor, SEARCH, {"after": cursor, "order": "RATING"})
    assert [error["extensions"]["code"] for error in found["errors"]] == ["BAD_CURSOR"]


@pytest.mark.parametrize("roles", [(Role.GUEST,), (Role.AUDITOR,), ()])
def test_who_may_not_see_the_directory_is_told_so(house: House, roles: tuple[Role, ...]) -> None:
    found = house.answer(house.caller(*roles), SEARCH)
    assert [error["extensions"]["code"] for error in found["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize("direction", ["avoids", "avoided", "declined"])
def test_who_is_apart_looks_like_an_expert_who_takes_nobody(house: House, direction: str) -> None:
    here = meeting(house)
    ada, noor, max_ = here.mentor(f"Apart {direction}"), here.mentee(), house.person("Max")
    listing = {"headline": "Is apart", "topics": [f"Apart {direction}"]}
    house.done(ada, "listAsExpert", listing, "participant { id }")
    if direction == "declined":
        declined = {"proposal": here.requested(noor, ada), "forGood": True}
        house.done(ada, "declineProposal", declined, "proposal { id }")
    else:
        who, whom = (ada, noor) if direction == "avoids" else (noor, ada)
        house.done(who, "avoidPerson", {"person": whom.id}, "participant { id }")
    topic = f"Apart {direction}"
    profile = "query ($ada: ID!) { participant(id: $ada) { accepting } }"
    for caller, takes in ((noor, False), (max_, True)):
        found = search(house, caller, filter={"topics": [topic]})
        assert found["edges"][0]["node"]["available"] is takes
        assert counts(found, "available") == {str(takes).lower(): 1}
        assert search(house, caller, filter={"topics": [topic], "available": True})["totalCount"] == takes
        assert house.ask(caller, profile, ada=ada.id)["participant"]["accepting"] is takes
    everybody = [counts(search(house, caller), "available")["true"] for caller in (noor, max_)]
    assert everybody[1] - everybody[0] == 1
    refused = house.refused(noor, "askExpert", {"expert": ada.id, "text": "How?"})
    unwilling = listed(house, "Zed", "Has no time", "Time")
    house.done(unwilling, "setAvailability", {"hoursAMonth": 9, "accepting": False})
    assert refused == house.refused(noor, "askExpert", {"expert": unwilling.id, "text": "How?"})


def test_three_ratings_are_shown_as_one(house: House) -> None:
    ada = listed(house, "Rated", "Is rated", "Ratings")
    askers = [house.person(f"Asker {letter}") for letter in "abc"]
    for number, asker in enumerate(askers, 3):
        wish = {"expert": ada.id, "text": "How?"}
        inquiry = house.done(asker, "askExpert", wish, "inquiry { id }")["inquiry"]["id"]
        house.done(ada, "answerInquiry", {"inquiry": inquiry, "text": "So."})
        (edge,) = search(house, asker, "ratings")["edges"]
        assert (edge["node"]["rating"], edge["node"]["ratings"]) == (None, number - 3)
        house.done(asker, "rateInquiry", {"inquiry": inquiry, "rating": number}, "inquiry { rating }")
    (edge,) = search(house, askers[0], filter={"minRating": 4})["edges"]
    assert (edge["node"]["rating"], edge["node"]["ratings"]) == (4.0, 3)
    assert search(house, askers[0], filter={"minRating": 4.1})["edges"] == []
    assert names(search(house, askers[0], order="RATING"))[0] == "Rated"
