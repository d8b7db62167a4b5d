"""How every command behaves, whatever it wants."""

from uuid import uuid4

import pytest

from api.refusals import as_data, camel
from api.relay import global_id
from domain.permissions import Role
from tests.house import House

OFFERS = "participant { version competenciesOffered { competency level } }"


def test_a_command_answers_with_the_entity_as_it_reads_afterwards(house: House) -> None:
    ada = house.person("Ada")
    selection = "participant { id name competenciesOffered { competency level } }"
    payload = house.done(ada, "offerCompetency", {"competency": "Python", "level": 4}, selection)
    offered = [{"competency": "Python", "level": 4}]
    assert payload["participant"] == {"id": ada.id, "name": "Ada", "competenciesOffered": offered}
    assert int(payload["position"]) == house.store.head()


def test_a_wish_that_holds_already_writes_nothing_and_is_done(house: House) -> None:
    ada = house.person("Ada")
    first = house.done(ada, "offerCompetency", {"competency": "Python", "level": 4}, OFFERS)
    again = house.done(ada, "offerCompetency", {"competency": "Python", "level": 4}, OFFERS)
    assert again == first


def test_a_repeated_key_answers_with_the_first_receipt(house: House) -> None:
    ada = house.person("Ada")
    given = {"competency": "Python", "level": 4, "idempotencyKey": str(uuid4())}
    first = house.done(ada, "offerCompetency", given)
    house.done(ada, "withdrawCompetencyOffer", {"competency": "Python"}, OFFERS)
    head = house.store.head()
    again = house.done(ada, "offerCompetency", given, OFFERS)
    assert again["position"] == first["position"]
    assert again["participant"]["competenciesOffered"] == []
    assert house.store.head() == head


def test_a_repeated_key_answers_with_the_first_receipt_also_where_nothing_had_to_be_done(
    house: House,
) -> None:
    ada = house.person("Ada")
    given = {"competency": "Python", "idempotencyKey": str(uuid4())}
    first = house.done(ada, "withdrawCompetencyOffer", given)
    house.person("Noor")
    assert house.done(ada, "withdrawCompetencyOffer", given)["position"] == first["position"]


def test_a_repeated_key_brings_nothing_new_into_being_twice(house: House) -> None:
    given = {"name": "Onboarding", "idempotencyKey": str(uuid4())}
    first = house.done(house.registrar, "draftProgram", given, "program { id }")
    assert house.done(house.registrar, "draftProgram", given, "program { id }") == first


def test_a_repeated_key_finds_its_receipt_after_the_wish_has_become_impossible(house: House) -> None:
    ada = house.person("Ada")
    given = {"participant": ada.id, "idempotencyKey": str(uuid4())}
    first = house.done(house.registrar, "markParticipantLeft", given)
    house.done(house.registrar, "eraseParticipant", {"participant": ada.id})
    assert house.done(house.registrar, "markParticipantLeft", given)["position"] == first["position"]


@pytest.mark.parametrize(
    ("command", "given"),
    [
        ("withdrawCompetencyOffer", {"competency": "Python"}),
        ("offerCompetency", {"competency": "Rust", "level": 4}),
        ("offerCompetency", {"competency": "Python", "level": 5}),
        ("setAvailability", {"hoursAMonth": 4}),
    ],
)
def test_a_key_used_for_another_command_is_refused(
    house: House, command: str, given: dict[str, object]
) -> None:
    ada, key = house.person("Ada"), str(uuid4())
    house.done(ada, "offerCompetency", {"competency": "Python", "level": 4, "idempotencyKey": key})
    error = house.refused(ada, command, {**given, "idempotencyKey": key})
    assert error == {
        "__typename": "RefusalError",
        "code": "COMMAND_REUSED",
        "message": error["message"],
        "path": ["input", "idempotencyKey"],
    }


def test_a_used_key_is_no_other_wish_even_by_an_outdated_version(house: House) -> None:
    ada = house.person("Ada")
    given = {"competency": "Python", "level": 4, "idempotencyKey": str(uuid4()), "expectedVersion": 1}
    first = house.done(ada, "offerCompetency", given)
    assert house.refused(ada, "offerCompetency", {**given, "level": 5})["code"] == "COMMAND_REUSED"
    assert house.done(ada, "offerCompetency", given)["position"] == first["position"]
    house.done(house.registrar, "markParticipantLeft", {"participant": ada.id})
    assert house.done(ada, "offerCompetency", given)["position"] == first["position"]


def test_a_repetition_of_what_needed_nothing_gets_its_first_receipt(house: House) -> None:
    ada = house.person("Ada")
    given = {"competency": "Python", "level": 4}
    house.done(ada, "offerCompetency", given)
    keyed = {**given, "idempotencyKey": str(uuid4())}
    first = house.done(ada, "offerCompetency", keyed)
    house.done(ada, "withdrawCompetencyOffer", {"competency": "Python"})
    assert house.done(ada, "offerCompetency", keyed)["position"] == first["position"]
    assert house.refused(ada, "offerCompetency", {**keyed, "level": 5})["code"] == "COMMAND_REUSED"


def test_a_key_that_drafted_a_programme_drafts_no_other(house: House) -> None:
    given = {"name": "Leadership", "idempotencyKey": str(uuid4())}
    first = house.done(house.registrar, "draftProgram", given)
    assert house.done(house.registrar, "draftProgram", given)["position"] == first["position"]
    error = house.refused(house.registrar, "draftProgram", {**given, "name": "Onboarding"})
    assert error["code"] == "COMMAND_REUSED"


def test_a_key_used_for_somebody_else_is_refused(house: House) -> None:
    ada, noor, key = house.person("Ada"), house.person("Noor"), str(uuid4())
    given = {"hoursAMonth": 4, "idempotencyKey": key}
    house.done(house.registrar, "setAvailability", {**given, "participant": ada.id})
    error = house.refused(house.registrar, "setAvailability", {**given, "participant": noor.id})
    assert error["code"] == "COMMAND_REUSED"


def test_a_key_belongs_to_who_uses_it(house: House) -> None:
    ada, noor, key = house.person("Ada"), house.person("Noor"), str(uuid4())
    given = {"hoursAMonth": 4, "idempotencyKey": key}
    first = house.done(ada, "setAvailability", given)
    assert int(house.done(noor, "setAvailability", given)["position"]) > int(first["position"])


@pytest.mark.parametrize(
    "key", ["", " ", "1", "not a uuid", "x" * 1000, "123e4567-e89b-12d3-a456-42661417400g"]
)
def test_a_key_that_is_no_uuid_is_bad_input(house: House, key: str) -> None:
    error = house.refused(house.person("Ada"), "setAvailability", {"hoursAMonth": 4, "idempotencyKey": key})
    assert (error["__typename"], error["code"]) == ("InputError", "BAD_IDEMPOTENCY_KEY")
    assert error["path"] == ["input", "idempotencyKey"]


def test_an_outdated_expectation_is_a_conflict_with_the_current_version(house: House) -> None:
    ada = house.person("Ada")
    seen = house.done(ada, "offerCompetency", {"competency": "Python", "level": 4}, OFFERS)["participant"][
        "version"
    ]
    house.done(ada, "setAvailability", {"hoursAMonth": 4, "expectedVersion": seen})
    error = house.refused(ada, "setAvailability", {"hoursAMonth": 6, "expectedVersion": seen})
    assert error == {
        "__typename": "ConflictError",
        "code": "CONFLICT",
        "message": error["message"],
        "path": ["input", "expectedVersion"],
        "currentVersion": seen + 1,
    }


@pytest.mark.parametrize("version", [0, -1, 2**31 - 1])
def test_a_version_that_never_was_is_a_conflict(house: House, version: int) -> None:
    error = house.refused(
        house.person("Ada"), "setAvailability", {"hoursAMonth": 6, "expectedVersion": version}
    )
    assert (error["__typename"], error["currentVersion"]) == ("ConflictError", 1)


def test_a_null_expectation_is_none(house: House) -> None:
    house.done(house.person("Ada"), "setAvailability", {"hoursAMonth": 6, "expectedVersion": None})


def test_a_refusal_is_data_with_its_rules_name_and_sentence(house: House) -> None:
    ada = house.person("Ada")
    error = house.refused(ada, "avoidPerson", {"person": ada.id})
    assert error == {
        "__typename": "RefusalError",
        "code": "NOBODY_AVOIDS_THEMSELF",
        "message": "Nobody can avoid themself.",
        "path": [],
    }


def test_what_one_may_not_do_is_data_and_says_nothing_about_what_is_there(house: House) -> None:
    ada, noor = house.person("Ada"), house.person("Noor")
    there = house.refused(ada, "setAvailability", {"participant": noor.id, "hoursAMonth": 1})
    nobody = house.caller(Role.PARTICIPANT, participant=uuid4())
    not_there = house.refused(ada, "setAvailability", {"participant": nobody.id, "hoursAMonth": 1})
    assert there == not_there
    assert (there["__typename"], there["code"]) == ("ForbiddenError", "FORBIDDEN")


def test_what_is_not_there_is_told_to_who_may_know(house: House) -> None:
    sam = house.person("Sam", Role.ADMINISTRATOR)
    person, program, enrollment = (
        global_id(kind, uuid4()) for kind in ("Participant", "Program", "Enrollment")
    )
    wishes: list[tuple[str, dict[str, object], str]] = [
        ("markParticipantLeft", {"participant": person}, "PERSON_IS_UNKNOWN"),
        ("openProgram", {"program": program}, "PROGRAM_IS_UNKNOWN"),
        ("approveEnrollment", {"enrollment": enrollment}, "NOT_FOUND"),
    ]
    for command, given, code in wishes:
        assert house.refused(house.registrar, command, given)["code"] == code
        assert house.refused(sam, command, given)["code"] == "FORBIDDEN"


@pytest.mark.parametrize("gone", [None, "markParticipantLeft", "eraseParticipant"])
def test_only_who_is_there_becomes_staff(house: House, gone: str | None) -> None:
    person = house.person("Ada").id if gone else global_id("Participant", uuid4())
    if gone:
        house.done(house.registrar, gone, {"participant": person})
    made = house.done(house.registrar, "draftProgram", {"name": "Staffed"}, "program { id }")
    given = {"program": made["program"]["id"], "person": person, "role": "FACILITATOR"}
    assert house.refused(house.registrar, "assignStaff", given)["code"] == "STAFF_IS_ACTIVE"


def test_who_has_no_profile_must_say_whom_they_mean(house: House) -> None:
    error = house.refused(house.registrar, "setAvailability", {"hoursAMonth": 1})
    assert (error["code"], error["path"]) == ("PARTICIPANT_MISSING", ["input", "participant"])


def test_the_envelope_says_who_and_from_which_request(house: House) -> None:
    ada, head = house.person("Ada"), house.store.head()
    document = """mutation {
        a: offerCompetency(input: {competency: "Go", level: 1}) { position }
        b: seekCompetency(input: {competency: "Go", level: 2}) { position }
    }"""
    house.ask(ada, document)
    first, second = house.events_since(head)
    assert (first.name, second.name) == ("participant.competency_offered", "participant.competency_sought")
    assert {first.actor, second.actor} == {str(ada.participant)}
    assert first.correlation_id == second.correlation_id
    assert first.command_id != second.command_id
    assert first.cause == "command"


def test_of_several_commands_in_one_request_each_has_its_own_answer(house: House) -> None:
    ada = house.person("Ada")
    document = f"""mutation {{
        a: offerCompetency(input: {{competency: "Go", level: 9}}) {{ position errors {{ code path }} }}
        b: avoidPerson(input: {{person: "{ada.id}"}}) {{ position errors {{ code }} }}
        c: offerCompetency(input: {{competency: "Go", level: 3}}) {{ position errors {{ code }} }}
    }}"""
    found = house.ask(ada, document)
    assert found["a"] == {
        "position": None,
        "errors": [{"code": "LESS_THAN_EQUAL", "path": ["input", "level"]}],
    }
    assert found["b"] == {"position": None, "errors": [{"code": "NOBODY_AVOIDS_THEMSELF"}]}
    assert (int(found["c"]["position"]), found["c"]["errors"]) == (house.store.head(), [])


def test_only_what_is_expected_becomes_data() -> None:
    assert as_data(RuntimeError("a bug")) == []


def test_a_path_is_spelled_as_the_client_spells_it() -> None:
    assert [camel(name) for name in ("hours_a_month", "name", "at_risk")] == ["hoursAMonth", "name", "atRisk"]


def test_a_key_is_the_same_however_it_is_spelled(house: House) -> None:
    ada, key = house.person("Ada"), uuid4()
    first = house.done(ada, "setAvailability", {"hoursAMonth": 4, "idempotencyKey": str(key)})
    again = house.done(ada, "setAvailability", {"hoursAMonth": 4, "idempotencyKey": key.hex.upper()})
    assert again["position"] == first["position"]
