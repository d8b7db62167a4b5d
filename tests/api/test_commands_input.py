"""Bad input at every field of every command: told by code and place, and nothing is written."""

import copy
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.command import refuse_unstorable
from api.participant_inputs import OfferCompetencyInput
from api.refusals import BadInput
from api.schema import GRAPHQL
from tests.api.wishes import ONES_OWN, Scene, set_scene, wishes
from tests.house import Caller, House, Json

Path = tuple[str | int, ...]

IDS = {"participant", "program", "enrollment", "person", "manager", "content", "mentee", "mentor"}
LISTS_OF_IDS = {"wishes", "mentors", "mentees"}
DATES = {"until", "since", "opens", "closes", "due", "beganFrom", "beganUntil"}
assert GRAPHQL.mutation_type is not None
COMMANDS = tuple(GRAPHQL.mutation_type.fields)


SOMEBODY = Caller("", uuid4())
PLACES = wishes(Scene(SOMEBODY, SOMEBODY, SOMEBODY, SOMEBODY, "", "", "", "", "", ""))
"""For the shapes of the inputs; whose ids stand in them does not matter. Nothing else is empty in them."""


def leaves(given: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(given, dict | list):
        for key, value in given.items() if isinstance(given, dict) else enumerate(given):
            yield from leaves(value, (*path, key))
    else:
        yield path, given


ID_PLACES = [
    (command, path)
    for command, given in PLACES.items()
    for path, value in leaves(given)
    if path[-1] in IDS or path[0] in LISTS_OF_IDS or value == ""
]
TEXT_PLACES = [
    (command, path)
    for command, given in PLACES.items()
    for path, value in leaves(given)
    if value and isinstance(value, str) and not value.isupper() and path[-1] not in IDS | DATES
]


def named(value: object) -> str:
    return ".".join(map(str, value)) if isinstance(value, tuple) else ascii(value)[:30]


@pytest.fixture(scope="module")
def scene(house: House) -> Scene:
    return set_scene(house)


def entitled(house: House, scene: Scene, command: str) -> Caller:
    return scene.ada if command in ONES_OWN else house.registrar


def refused(house: House, scene: Scene, command: str, path: Path, bad: object) -> tuple[str, str, list[str]]:
    """What is said when the good input has another value in one place."""
    given: Any = copy.deepcopy(wishes(scene)[command])
    place = given
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = bad
    error = house.refused(entitled(house, scene, command), command, given)
    return error["__typename"], error["code"], error["path"]


def spelled(*path: str | int) -> list[str]:
    return ["input", *map(str, path)]


def test_there_is_a_good_input_for_every_command() -> None:
    assert set(PLACES) == set(COMMANDS)


@pytest.mark.parametrize(("command", "path"), TEXT_PLACES, ids=named)
def test_text_that_cannot_be_kept_is_refused_where_it_stands(
    house: House, scene: Scene, command: str, path: Path
) -> None:
    bad = [f"a{character}b" for character in "\0\x1b\r\x7f\x85"]
    found = {text: refused(house, scene, command, path, text) for text in bad}
    assert found == dict.fromkeys(bad, ("InputError", "UNSTORABLE_TEXT", spelled(*path)))


@pytest.mark.parametrize(("command", "path"), ID_PLACES, ids=named)
def test_an_id_that_is_not_ours_is_refused_where_it_stands(
    house: House, scene: Scene, command: str, path: Path
) -> None:
    bad = ["", "1", "UGFydGljaXBhbnQ6MQ==", "É", "x" * 5_000]
    found = {id_: refused(house, scene, command, path, id_) for id_ in bad}
    assert found == dict.fromkeys(bad, ("InputError", "BAD_ID", spelled(*path)))


@pytest.mark.parametrize(("command", "path"), ID_PLACES, ids=named)
def test_an_id_of_something_else_is_refused_where_it_stands(
    house: House, scene: Scene, command: str, path: Path
) -> None:
    other = scene.ada.id if path[-1] == "program" else scene.program
    assert refused(house, scene, command, path, other) == ("InputError", "BAD_ID", spelled(*path))


OUTSIDE_LIMITS: list[tuple[str, Path, list[object]]] = [
    ("registerParticipant", ("name",), ["", "   ", "x" * 201, "two\nlines"]),
    (
        "registerParticipant",
        ("email",),
        ["", "ada", "ada@", "@example.org", "a b@example.org", "x" * 250 + "@a.org"],
    ),
    ("registerParticipant", ("externalId",), ["", "x" * 201]),
    ("registerParticipant", ("source",), ["", "HR System", "self", "x" * 61]),
    ("syncRecord", ("source",), ["", "self", "HR"]),
    ("syncRecord", ("record", "name"), ["", None, "x" * 201]),
    ("syncRecord", ("record", "email"), ["nonsense"]),
    ("syncRecord", ("record", "jobTitle"), ["", "x" * 201]),
    ("syncRecord", ("record", "department"), ["", "x" * 201]),
    ("syncRecord", ("record", "location"), ["", "x" * 201]),
    ("syncRecord", ("record", "timeZone"), ["", "Mars/Olympus", "../etc/passwd"]),
    ("describeProfile", ("profile", "timeZone"), ["", "Mars/Olympus", "europe/berlin"]),
    ("describeProfile", ("profile", "biography"), ["", " ", "x" * 10_001]),
    ("describeProfile", ("profile", "contact", "phone"), ["", "call me", "1" * 41]),
    ("describeProfile", ("profile", "contact", "messenger"), ["", "x" * 201]),
    ("describeProfile", ("profile", "contact", "note"), ["", "two\nlines"]),
    ("offerCompetency", ("competency",), ["", " ", "x" * 121, "two\nlines"]),
    ("offerCompetency", ("level",), [0, 6, -1, 2**31 - 1]),
    ("seekCompetency", ("competency",), ["", "x" * 121]),
    ("seekCompetency", ("level",), [0, 6]),
    ("seekCompetency", ("priority",), [0, 6]),
    ("setAvailability", ("hoursAMonth",), [-1, 201]),
    ("listAsExpert", ("headline",), ["", "x" * 201]),
    ("giveConsent", ("policy",), ["", "Privacy Policy"]),
    ("giveConsent", ("version",), [0, -1]),
    ("setNotificationPreferences", ("quiet", "since"), ["", "24:00", "7:00", "22:00:30"]),
    ("setNotificationPreferences", ("quiet", "until"), ["", "7 am"]),
    ("setNotificationPreferences", ("quiet",), [{"since": "22:00", "until": "22:00"}]),
    ("draftProgram", ("name",), ["", " ", "x" * 201]),
    ("draftProgram", ("purpose",), ["", "x" * 10_001]),
    ("describeProgram", ("name",), ["", "x" * 201]),
    ("addContent", ("title",), ["", "x" * 201]),
    (
        "addContent",
        ("url",),
        ["", "example.org", "javascript:alert(1)", "https://", "https://a b", "x" * 2_001],
    ),
    ("makeAnnouncement", ("title",), ["", "x" * 201]),
    ("makeAnnouncement", ("text",), ["", "x" * 10_001]),
    ("requestInformation", ("question",), ["", " ", "x" * 10_001]),
    ("giveInformation", ("answer",), ["", " ", "x" * 10_001]),
    ("requestMentor", ("words",), ["", " ", "x" * 10_001]),
    ("requestProposalInformation", ("question",), ["", " ", "x" * 10_001]),
    ("giveProposalInformation", ("answer",), ["", " ", "x" * 10_001]),
    ("rejectEnrollment", ("reason",), ["", " ", "x" * 10_001]),
    ("removeFromProgram", ("reason",), ["", " ", "x" * 10_001]),
]


@pytest.mark.parametrize(
    ("command", "path", "bad"),
    [(command, path, bad) for command, path, values in OUTSIDE_LIMITS for bad in values],
    ids=named,
)
def test_a_value_outside_its_limits_is_refused_where_it_stands(
    house: House, scene: Scene, command: str, path: Path, bad: object
) -> None:
    kind, code, place = refused(house, scene, command, path, bad)
    assert (kind, place) == ("InputError", spelled(*path))
    assert code.isupper()


PAIR = {"id": "pair", "kind": "ONE_TO_ONE", "name": "Pair"}
WHOLE = {"criterion": "COMPETENCIES", "parts": 10_000}
STEP = {"id": "goals", "title": "Goals", "dueDay": 14}
NESTED: list[tuple[str, Path, object, Path]] = [
    ("syncRecord", ("record", "languages"), ["english please"], ("record", "languages", 0)),
    ("syncRecord", ("record", "workHistory"), [{"title": ""}], ("record", "workHistory", 0, "title")),
    ("describeProfile", ("profile", "languages"), ["en", "x"], ("profile", "languages", 1)),
    (
        "describeProfile",
        ("profile", "languages"),
        [f"en-x{n:05}" for n in range(21)],
        ("profile", "languages"),
    ),
    (
        "describeProfile",
        ("profile", "workHistory"),
        [{"title": "A", "since": "2020-01-01", "until": "2019-01-01"}],
        ("profile", "workHistory", 0),
    ),
    (
        "describeProfile",
        ("profile", "demographics"),
        [{"question": "gender", "answer": "a"}, {"question": "gender", "answer": "b"}],
        ("profile", "demographics"),
    ),
    ("describeProfile", ("profile", "demographics", 0, "answer"), "", ("profile", "demographics", "gender")),
    ("listAsExpert", ("topics",), [], ("topics",)),
    ("listAsExpert", ("topics",), ["Python", "x" * 121], ("topics", 1)),
    ("setRelationshipTypes", ("types",), [PAIR, {**PAIR, "durationDays": 0}], ("types", 1, "durationDays")),
    ("setRelationshipTypes", ("types",), [{**PAIR, "mentees": {"most": 3}}], ("types", 0)),
    ("setRelationshipTypes", ("types",), [{**PAIR, "id": str(n)} for n in range(2)], ("types", 0, "id")),
    (
        "configureEnrollment",
        ("settings", "capacity", "menteesPerMentor"),
        0,
        ("settings", "capacity", "menteesPerMentor"),
    ),
    ("configureEnrollment", ("settings", "window", "opens"), "3000-01-01", ("settings", "window")),
    ("configureEnrollment", ("settings", "questions"), [{"id": "q", "text": "?"}] * 2, ("settings",)),
    ("configureMatching", ("settings", "weights"), [{**WHOLE, "parts": 9_999}], ("settings",)),
    (
        "configureMatching",
        ("settings", "weights"),
        [WHOLE, {**WHOLE, "parts": 0}],
        ("settings", "weights", 1, "parts"),
    ),
    ("configureMatching", ("settings", "modes"), [], ("settings", "modes")),
    ("configureMatching", ("settings", "minimumScore"), None, ("settings", "minimumScore")),
    ("setPlan", ("settings", "milestones"), [STEP, STEP], ("settings",)),
    ("setPlan", ("settings", "tasks", 0, "milestone"), "elsewhere", ("settings",)),
    ("setAgreement", ("settings", "text"), None, ("settings",)),
    ("setCommunications", ("settings", "reminders", 0, "days"), [3, 1], ("settings", "reminders", 0)),
    (
        "setCommunications",
        ("settings", "templates", 0, "body"),
        "{{ name.__class__ }}",
        ("settings", "templates", 0, "body"),
    ),
    (
        "setCommunications",
        ("settings", "templates", 0, "subject"),
        "{{",
        ("settings", "templates", 0, "subject"),
    ),
    ("setAccountability", ("settings", "targets", 0, "target"), 1, ("settings", "targets", 0)),
    ("setAccountability", ("settings", "timers", "wishReminder"), 5, ("settings", "timers")),
    ("limitAudience", ("rule",), "", ("rule",)),
    ("limitAudience", ("rule",), "salary > 3", ("rule",)),
    ("limitAudience", ("rule",), "__import__('os')", ("rule",)),
    ("limitAudience", ("rule",), "(" * 1_000, ("rule",)),
    (
        "applyToProgram",
        ("answers",),
        [{"question": "a", "answer": "b"}, {"question": "a", "answer": "c"}],
        ("answers",),
    ),
    ("applyToProgram", ("answers", 0, "answer"), "", ("answers", "why")),
    ("applyToProgram", ("answers", 0, "question"), "What is this?", ("answers", "What is this?", "[key]")),
]


@pytest.mark.parametrize(("command", "path", "bad", "place"), NESTED, ids=named)
def test_a_structure_that_makes_no_sense_is_refused_where_it_breaks(
    *, house: House, scene: Scene, command: str, path: Path, bad: object, place: Path
) -> None:
    kind, _, found = refused(house, scene, command, path, bad)
    assert (kind, found) == ("InputError", spelled(*place))


@pytest.mark.parametrize(
    ("command", "change"),
    [
        ("setAvailability", {"hoursAMonth": 2**31}),
        ("setAvailability", {"hoursAMonth": "4"}),
        ("setAvailability", {"until": "tomorrow"}),
        ("setAvailability", {"until": "2026-02-30"}),
        ("setAvailability", {"unheardOf": 1}),
        ("setAvailability", {"accepting": None}),
        ("markParticipantLeft", {"reason": "BORED"}),
        ("assignStaff", {"role": "BOSS"}),
    ],
    ids=named,
)
def test_what_does_not_fit_the_schema_never_reaches_a_command(
    house: House, scene: Scene, command: str, change: Json
) -> None:
    kind, head = f"{command[0].upper()}{command[1:]}Input", house.store.head()
    document = f"mutation ($input: {kind}!) {{ {command}(input: $input) {{ position }} }}"
    given = {**wishes(scene)[command], **change}
    answer = house.answer(entitled(house, scene, command), document, {"input": given})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_VARIABLES"]
    assert "data" not in answer
    assert house.store.head() == head


@pytest.mark.parametrize("escape", [r"\ud800", r"\udc00\ud800", r"\u{d800}"])
def test_half_a_character_is_refused_as_the_document_is_read(house: House, scene: Scene, escape: str) -> None:
    document = f'mutation {{ offerCompetency(input: {{competency: "{escape}", level: 1}}) {{ position }} }}'
    answer = house.answer(scene.ada, document)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["SYNTAX_ERROR"]


def test_a_zero_byte_in_the_document_is_refused_like_one_in_a_variable(house: House, scene: Scene) -> None:
    document = r"""mutation {
        offerCompetency(input: {competency: "a\u0000b", level: 1}) { position errors { code path } }
    }"""
    found = house.ask(scene.ada, document)["offerCompetency"]
    error = {"code": "UNSTORABLE_TEXT", "path": ["input", "competency"]}
    assert found == {"position": None, "errors": [error]}


def test_half_a_character_that_got_past_every_reader_is_still_refused() -> None:
    with pytest.raises(BadInput) as raised:
        refuse_unstorable(OfferCompetencyInput(competency="a\ud800", level=1))
    assert [error.code for error in raised.value.errors] == ["UNSTORABLE_TEXT"]


def test_text_keeps_its_characters_lines_and_tabs(house: House, scene: Scene) -> None:
    biography = "Zoë 👩🏽‍🔬\n\tשלום"
    payload = house.done(
        scene.ada, "describeProfile", {"profile": {"biography": biography}}, "participant { biography }"
    )
    assert payload["participant"]["biography"] == biography


ODD = st.characters(categories=["Cc", "Cf", "Co", "Cs", "Zl", "Zs", "L"])
ANY_TEXT = st.text(max_size=40) | st.text(ODD, max_size=5)


@settings(max_examples=60, deadline=None)
@given(biography=ANY_TEXT, headline=ANY_TEXT)
@example(biography="Half a character", headline="\ud800")
@example(biography="\0", headline="\x85")
def test_whatever_is_said_is_kept_as_it_is_or_refused_by_code(
    house: House, scene: Scene, biography: str, headline: str
) -> None:
    document = """mutation ($profile: ProfileInput!, $headline: String!) {
        a: describeProfile(input: {profile: $profile}) { errors { __typename } participant { biography } }
        b: listAsExpert(input: {headline: $headline, topics: ["Physics"]}) { errors { __typename } }
    }"""
    variables = {"profile": {"biography": biography}, "headline": headline}
    answer = house.answer(scene.ada, document, variables)
    if "data" not in answer:
        assert any("\ud800" <= character <= "\udfff" for character in biography + headline)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_JSON"]
        return
    assert "errors" not in answer
    described, listed = answer["data"]["a"], answer["data"]["b"]
    assert {error["__typename"] for error in described["errors"] + listed["errors"]} <= {"InputError"}
    if not described["errors"]:
        assert described["participant"]["biography"] == biography.strip()
