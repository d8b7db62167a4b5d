"""Ada asks to be forgotten: what happened stays, without her in it, for every reader there is."""

from domain.permissions import Role
from tests.api.wishes import join, open_program
from tests.house import Caller, House, Json, key_of

PERSON = """query ($id: ID!) { participant(id: $id) {
    id erased status name email externalId biography workHistory contact demographics expertHeadline
} }"""
NULLED = (
    "name",
    "email",
    "externalId",
    "biography",
    "workHistory",
    "contact",
    "demographics",
    "expertHeadline",
)
SECRETS = ("Adaeze", "adaeze@", "private words", "E-4711", "Because I want to grow")


def full_life(house: House) -> tuple[Caller, str, Caller]:
    """Everything personal there is has been said about her."""
    given = {"name": "Adaeze Obi", "email": "adaeze@example.org", "externalId": "E-4711", "source": "hr"}
    made = house.done(house.registrar, "registerParticipant", given, "participant { id }")
    ada = house.caller(Role.PARTICIPANT, participant=key_of(made["participant"]["id"]))
    profile = {
        "biography": "My private words",
        "contact": {"note": "private words"},
        "demographics": [{"question": "gender", "answer": "private words"}],
        "workHistory": [{"title": "private words"}],
    }
    house.done(ada, "describeProfile", {"profile": profile})
    house.done(ada, "listAsExpert", {"headline": "My private words", "topics": ["Physics"]})
    sam, fay = house.person("Sam", Role.ADMINISTRATOR), house.person("Fay", Role.FACILITATOR)
    program = open_program(house, sam, fay)
    questions = {"program": program, "settings": {"questions": [{"id": "why", "text": "Why?"}]}}
    house.done(sam, "configureEnrollment", questions)
    answers = [{"question": "why", "answer": "Because I want to grow"}]
    applied = {"program": program, "role": "MENTEE", "answers": answers}
    enrollment = house.done(ada, "applyToProgram", applied, "enrollment { id }")["enrollment"]["id"]
    return ada, enrollment, fay


def test_every_reader_sees_null_and_that_she_was_erased(house: House) -> None:
    ada, enrollment, fay = full_life(house)
    before = house.ask(ada, PERSON, id=ada.id)["participant"]
    assert before["erased"] is False
    assert all(before[name] for name in NULLED)
    head = house.store.head()

    selection = "participant { erased status name email }"
    erased = house.done(house.registrar, "eraseParticipant", {"participant": ada.id}, selection)
    assert erased["participant"] == {"erased": True, "status": "ERASED", "name": None, "email": None}

    auditor, colleague = house.caller(Role.AUDITOR), house.person("Noor")
    for reader in (ada, colleague, fay, house.registrar, auditor):
        found = house.ask(reader, PERSON, id=ada.id)["participant"]
        assert (found["id"], found["erased"], found["status"]) == (ada.id, True, "ERASED")
        assert [found[name] for name in NULLED] == [None] * len(NULLED)
    in_programme = """query ($id: ID!) { enrollment(id: $id) {
        state answers participant { id name erased } } }"""
    assert house.ask(fay, in_programme, id=enrollment)["enrollment"] == {
        "state": "APPLIED",
        "answers": None,
        "participant": {"id": ada.id, "name": None, "erased": True},
    }
    found = house.ask(colleague, 'query { participants(filter: {text: "Adaeze"}) { totalCount } }')
    assert found["participants"]["totalCount"] == 0
    assert [event.name for event in house.events_since(head)] == [
        "participant.erased",
        "participant.registered",
    ]
    _nothing_is_left(house, ada, auditor)


def _nothing_is_left(house: House, ada: Caller, auditor: Caller) -> None:
    """Neither in what auditors read, nor in what the store gives whoever asks."""
    log = """query ($id: ID!) { events(first: 100, filter: {stream: $id}) {
        nodes { name payload withheld } } }"""
    entries = house.ask(auditor, log, id=ada.id)["events"]["nodes"]
    assert entries[0]["name"] == "participant.registered"
    assert set(entries[0]["withheld"]) == {"name", "email", "external_id"}
    assert not any(secret in str(entries) for secret in SECRETS)
    events = [str(recorded.event) for recorded in house.store.log()]
    assert not any(secret in event for secret in SECRETS for event in events)


def test_nothing_can_be_said_about_her_any_more(house: House) -> None:
    ada = house.person("Ada")
    given = {"participant": ada.id, "idempotencyKey": "7d444840-9dc0-11d1-b245-5ffdce74fad2"}
    first = house.done(house.registrar, "eraseParticipant", given)
    again = house.done(house.registrar, "eraseParticipant", given)
    assert again["position"] == first["position"]
    late: list[tuple[Caller, str, Json]] = [
        (ada, "describeProfile", {"profile": {"biography": "Still here"}}),
        (ada, "offerCompetency", {"competency": "Go", "level": 1}),
        (house.registrar, "returnParticipant", {"participant": ada.id}),
        (house.registrar, "syncRecord", {"participant": ada.id, "source": "hr", "record": {"name": "Ada"}}),
    ]
    assert {house.refused(*wish)["code"] for wish in late} == {"PERSON_IS_ERASED"}


def test_the_erased_can_no_longer_be_registered_under_the_same_external_id(house: House) -> None:
    given = {"name": "Ida", "externalId": "E-1", "source": "hr"}
    made = house.done(house.registrar, "registerParticipant", given, "participant { id }")
    house.done(house.registrar, "eraseParticipant", {"participant": made["participant"]["id"]})
    assert house.refused(house.registrar, "registerParticipant", given)["code"] == "PERSON_IS_ERASED"


def test_an_application_about_an_erased_person_can_still_be_settled(house: House) -> None:
    ada, enrollment, fay = settled_life(house)
    house.done(house.registrar, "eraseParticipant", {"participant": ada.id})
    assert (
        house.refused(fay, "approveEnrollment", {"enrollment": enrollment})["code"] == "PERSON_IS_NOT_ACTIVE"
    )
    done = house.done(fay, "waitlistEnrollment", {"enrollment": enrollment}, "enrollment { state }")
    assert done["enrollment"]["state"] == "WAITLISTED"


def settled_life(house: House) -> tuple[Caller, str, Caller]:
    ada = house.person("Ada")
    sam, fay = house.person("Sam", Role.ADMINISTRATOR), house.person("Fay", Role.FACILITATOR)
    program = open_program(house, sam, fay)
    enrollment = join(house, ada, program)
    return ada, enrollment, fay
