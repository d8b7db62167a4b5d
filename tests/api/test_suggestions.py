"""Suggestions: by score less the price of a place, for whoever may ask, and never about who avoids whom."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from api.context import open_services
from api.kept_pools import KeptPools, Shelf
from api.relay import global_id
from domain.ids import ProgramId
from domain.pairing.grid import Cancelled
from domain.permissions import Role
from projections.suggesting import shown
from tests.api.meeting import Meeting, meeting
from tests.api.serving import serving
from tests.house import Caller, House, Json, key_of
from tests.projections.given import eventually

ASK = """query ($program: ID!, $participant: ID, $first: Int, $at: Position) {
    suggestions(program: $program, participant: $participant, first: $first, minPosition: $at) {
        eligible poolIsThin hint suggestions {
            rank score menteeScore mentorScore answered asked placesLeft marginalValue
            parts { criterion score weight } participant { id name }
            coverage { wish level priority offer offeredLevel score } } } }"""
WEIGHTS = [{"criterion": "COMPETENCIES", "parts": 7_000}, {"criterion": "LANGUAGES", "parts": 3_000}]


@pytest.fixture(scope="module")
def fresh(house: House) -> Iterator[House]:
    """The same organisation, served by a process that reads a pool anew for every question."""
    with (
        pytest.MonkeyPatch.context() as patch,
        serving(house.database, keys=house.keys) as served,
        served.client() as http,
    ):
        patch.setattr("api.kept_pools.SPARING", 0)
        served.server._app.state.services.pools.fresh = 0.0
        yield House(house.database, house.keys, http, served.tokens, house.store)


@pytest.fixture
def here(fresh: House) -> Meeting:
    return meeting(fresh, weights=WEIGHTS, thinPool=2)


def teaches(here: Meeting, name: str, **levels: int) -> Caller:
    person = here.mentor(name, languages=["en"])
    for competency, level in levels.items():
        here.house.done(person, "offerCompetency", {"competency": competency, "level": level})
    return person


def learns(here: Meeting, name: str, **levels: int) -> Caller:
    person = here.mentee(name, languages=["en"])
    for competency, level in levels.items():
        given = {"competency": competency, "level": level, "priority": 1}
        here.house.done(person, "seekCompetency", given)
    return person


def suggested(here: Meeting, caller: Caller, **asked: Any) -> Json:
    given = {"program": here.program, "at": str(here.house.store.head()), **asked}
    found: Json = here.house.ask(caller, ASK, **given)["suggestions"]
    return found


def named(found: Json) -> list[str]:
    return [one["participant"]["name"] for one in found["suggestions"]]


def test_the_best_come_first_with_the_parts_of_their_scores(here: Meeting) -> None:
    teaches(here, "Ada", Python=5)
    teaches(here, "Zoe", Python=2)
    teaches(here, "Kai", Cooking=5)
    noor = learns(here, "Noor", Python=4)
    found = suggested(here, noor)
    assert named(found) == ["Ada", "Zoe", "Kai"]
    assert (found["eligible"], found["poolIsThin"], found["hint"]) == (3, False, None)
    first, second, last = found["suggestions"]
    assert [one["rank"] for one in found["suggestions"]] == [1, 2, 3]
    assert (first["score"], first["menteeScore"], first["placesLeft"]) == (10_000, 10_000, 2)
    assert (first["answered"], first["asked"], first["marginalValue"]) == (2, 2, None)
    assert first["parts"] == [
        {"criterion": "COMPETENCIES", "score": 10_000, "weight": None},
        {"criterion": "LANGUAGES", "score": 10_000, "weight": None},
    ]
    covered = {"wish": "python", "level": 4, "priority": 1}
    assert first["coverage"] == [{**covered, "offer": "python", "offeredLevel": 5, "score": 10_000}]
    assert second["coverage"][0]["offeredLevel"] == 2
    assert last["coverage"] == [{**covered, "offer": None, "offeredLevel": None, "score": 0}]
    assert len(suggested(here, noor, first=1)["suggestions"]) == 1


def test_a_place_that_others_need_more_comes_later(here: Meeting) -> None:
    """Only Ada can teach Lin and Max anything; Noor is nearly as well off with Zoe."""
    here.capacity(menteesPerMentor=1)
    teaches(here, "Ada", Python=4, Cooking=5)
    teaches(here, "Zoe", Python=3)
    noor, lin = learns(here, "Noor", Python=4), learns(here, "Lin", Cooking=4)
    learns(here, "Max", Cooking=4)
    assert named(suggested(here, noor)) == ["Zoe", "Ada"]
    assert named(suggested(here, lin))[0] == "Ada"


def test_staff_see_what_a_pair_adds_to_the_whole(here: Meeting) -> None:
    here.capacity(menteesPerMentor=1)
    teaches(here, "Ada", Python=4, Cooking=5)
    teaches(here, "Zoe", Python=3)
    noor = learns(here, "Noor", Python=4)
    for name in ("Lin", "Max"):
        learns(here, name, Cooking=4)
    for caller in (here.fay, here.sam, here.house.registrar):
        found = suggested(here, caller, participant=noor.id)
        zoe, ada = found["suggestions"]
        assert zoe["participant"]["name"] == "Zoe"
        assert ada["marginalValue"] < zoe["marginalValue"] < zoe["score"] < ada["score"]
        assert zoe["parts"][0]["weight"] == 7_000


def test_nobody_who_avoids_or_is_avoided_is_ever_suggested(here: Meeting) -> None:
    """However lately: what is kept of the pool may be older."""
    house = here.house
    ada, zoe, kai = (teaches(here, name, Python=5) for name in ("Ada", "Zoe", "Kai"))
    noor = learns(here, "Noor", Python=4)
    assert set(named(suggested(here, noor))) == {"Ada", "Zoe", "Kai"}
    house.done(ada, "avoidPerson", {"person": noor.id})
    house.done(noor, "avoidPerson", {"person": zoe.id})
    for caller in (noor, here.fay):
        found = suggested(here, caller, participant=noor.id)
        assert (named(found), found["eligible"], found["poolIsThin"]) == (["Kai"], 1, True)
        assert found["hint"].startswith("Only 1 mentors")
    assert kai.participant


def test_a_kept_pool_is_not_read_again_at_once_and_yet_tells_nothing_that_is_over(
    house: House, here: Meeting
) -> None:
    """By the process of the house, which keeps what it has read for a while."""
    ada, zoe, kai, lin = (teaches(here, name, Python=5) for name in ("Ada", "Zoe", "Kai", "Lin"))
    noor, max_ = learns(here, "Noor", Python=4), learns(here, "Max", Python=4)
    asking = Meeting(house, here.sam, here.fay, here.program, here.parts)
    house.ask(noor, ASK, program=here.program, at=str(house.store.head()))
    house.done(ada, "avoidPerson", {"person": noor.id})
    house.done(zoe, "setAvailability", {"hoursAMonth": 4, "accepting": False})
    here.capacity(menteesPerMentor=1)
    house.done(kai, "acceptProposal", {"proposal": here.requested(max_, kai)})
    house.done(lin, "pauseEnrollment", {"enrollment": here.parts[lin.id], "until": "2999-01-01"})
    assert "Ada" not in named(suggested(asking, noor))
    assert not {"Zoe", "Lin"} & set(named(suggested(asking, noor)))


def test_who_has_no_place_is_told_so(here: Meeting) -> None:
    ada = teaches(here, "Ada", Python=5)
    noor = learns(here, "Noor", Python=4)
    here.house.done(ada, "acceptProposal", {"proposal": here.requested(noor, ada)})
    found = suggested(here, noor)
    assert (found["suggestions"], found["eligible"]) == ([], 0)
    assert found["hint"] == "No mentor can be suggested to this person in the programme now."


def code(house: House, caller: Caller, **given: Any) -> str:
    answer = house.answer(caller, ASK, given)
    assert answer["data"] == {"suggestions": None}
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


def test_whoever_may_not_ask_is_told_so(here: Meeting) -> None:
    house, noor = here.house, learns(here, "Noor", Python=4)
    program, other = here.program, learns(here, "Lin", Python=4)
    assert code(house, other, program=program, participant=noor.id) == "FORBIDDEN"
    stranger = house.person("Fay", Role.FACILITATOR)
    assert code(house, stranger, program=program, participant=noor.id) == "FORBIDDEN"
    assert code(house, house.caller(Role.AUDITOR), program=program, participant=noor.id) == "FORBIDDEN"
    assert code(house, house.registrar, program=program) == "PARTICIPANT_MISSING"
    for first in (0, 51, -1):
        assert code(house, noor, program=program, first=first) == "BAD_PAGE"
    assert code(house, noor, program=noor.id) == "BAD_ID"
    assert code(house, noor, program=program, participant=program) == "BAD_ID"
    here.configure(modes=["FACILITATOR"])
    assert code(house, noor, program=program) == "MODE_IS_NOT_OFFERED"
    assert suggested(here, here.fay, participant=noor.id)["suggestions"] == []


def test_a_programme_without_anybody_or_any_type_suggests_nobody(fresh: House) -> None:
    made = fresh.done(fresh.registrar, "draftProgram", {"name": "Bare"}, "program { id }")
    noor = fresh.person("Noor")
    given = {"program": made["program"]["id"], "participant": noor.id}
    found = fresh.ask(fresh.registrar, ASK, **given)["suggestions"]
    assert (found["suggestions"], found["eligible"]) == ([], 0)


def test_no_pool_is_read_for_who_could_not_be_in_it(house: House, here: Meeting) -> None:
    """Reading one takes long, and pushes another's out."""
    ada, noor, applied = teaches(here, "Ada", Python=5), here.mentee(), house.person("Kai")
    house.done(applied, "applyToProgram", {"program": here.program, "role": "MENTEE"})
    nowhere = global_id("Program", uuid4())
    with serving(house.database, keys=house.keys) as served, served.client() as http:
        asking = House(house.database, house.keys, http, served.tokens, house.store)
        shelves = served.server._app.state.services.pools._shelves
        for caller, program in ((ada, here.program), (applied, here.program), (noor, nowhere)):
            found = asking.ask(caller, ASK, program=program)["suggestions"]
            assert (found["eligible"], found["suggestions"], len(shelves)) == (0, [], 0)
        asking.ask(noor, ASK, program=here.program)
        assert len(shelves) == 1


def test_one_pool_is_kept_for_many_and_the_oldest_give_way(
    house: House, here: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.kept_pools.PROGRAMS", 1)
    first, second = (ProgramId(key_of(one.program)) for one in (here, meeting(here.house)))
    here.mentee()
    with house.database.connect() as connection:
        eventually(lambda: shown(connection) == house.store.head())

    async def live() -> None:
        async with open_services(house.database, house.keys, b"cursors") as services:
            pools = services.pools
            one, same = await asyncio.gather(pools.of(first), pools.of(first))
            assert one is same
            assert await pools.of(first) is one
            pools.fresh = -1.0
            assert await pools.of(first) is one, "nothing has happened since"
            await pools.of(second)
            assert list(pools._shelves) == [second]

    asyncio.run(live())


def test_what_takes_long_answers_with_what_there_was(
    house: House, here: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.kept_pools.QUICK_SECONDS", -1.0)
    monkeypatch.setattr("api.kept_pools.SPARING", 0)
    program = ProgramId(key_of(here.program))

    async def live() -> None:
        async with open_services(house.database, house.keys, b"cursors") as services:
            pools = services.pools
            pools.fresh = -1.0
            old = await pools.of(program)
            here.mentor("Late", jobTitle="Engineer")
            assert await pools.of(program) is old
            await pools._coming[program]
            assert pools._shelves[program].pool is not old

    asyncio.run(live())


def test_a_pool_is_read_no_further_when_the_process_stops(house: House, here: Meeting) -> None:
    here.mentor()
    here.mentee()
    program = ProgramId(key_of(here.program))

    async def live() -> None:
        async with open_services(house.database, house.keys, b"cursors") as services:
            services.pools._stopped.set()
            with pytest.raises(Cancelled):
                await services.pools.of(program)

    asyncio.run(live())


def test_what_could_not_be_read_is_told_and_tried_again(house: House, here: Meeting) -> None:
    program = ProgramId(key_of(here.program))

    async def live() -> None:
        async with open_services(house.database, house.keys, b"cursors") as services:
            pools: KeptPools = services.pools
            make = pools._make

            def fails(_: ProgramId, __: Shelf | None) -> Shelf:
                raise LookupError("no such pool")

            pools._make = fails  # type: ignore[method-assign, assignment]  # the fault that is planted
            with pytest.raises(LookupError):
                await pools.of(program)
            pools._make = make  # type: ignore[method-assign]  # as it was
            assert (await pools.of(program)).people == 0

    asyncio.run(live())
