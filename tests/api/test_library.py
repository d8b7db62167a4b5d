"""What is found in the library, by whom, in which order, and what is shown of who said it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from api.relay import global_id
from domain.conversation import AnswerAccepted, QuestionAnswered, QuestionAsked
from domain.enrollment import Applied, Approved, Withdrawn
from domain.ids import MentorshipId, ParticipantId, ProgramId, conversation_id, enrollment_id
from domain.mentorship import Began, Concluded, MemberJoined, MemberLeft, Outcome
from domain.permissions import Role
from domain.program import Drafted, StaffAssigned
from domain.program_settings import Kind, RelationshipType, Side, StaffRole
from domain.relationship import Member, Sharing
from domain.resource import Audience, Described, LinkShared, Published
from tests.house import Caller, House, Json, open_house
from tests.projections.given import happened

GROUP: Final = RelationshipType(id="group", kind=Kind.GROUP, name="Group")
GROWTH: Final = ProgramId(UUID(int=0x60))
ELSEWHERE: Final = ProgramId(UUID(int=0x61))


def key(who: Caller) -> ParticipantId:
    assert who.participant is not None
    return ParticipantId(who.participant)


@dataclass(frozen=True)
class Library:
    """Ada mentors Noor; Gus, a guest, is with them; Lee takes part in the programme; Max does elsewhere.

    Fay facilitates the programme, Flo the other one. Kim was a member until everything was said.
    """

    house: House
    people: dict[str, Caller]
    mentorship: MentorshipId

    def learn(self, question: str, answer: str, *topics: str, shared: str = "NAMED", asked: str = "") -> UUID:
        """An accepted answer of Ada's to Noor."""
        ids = {"question": uuid4(), "answer": uuid4()}
        noor, ada = key(self.people["Noor"]), key(self.people["Ada"])
        happened(
            self.house.store,
            conversation_id(self.mentorship),
            QuestionAsked(
                mentorship=self.mentorship, question=ids["question"], by=noor, text=question, topics=topics,
                sharing=Sharing((asked or shared).lower()),
            ),
            QuestionAnswered(by=ada, text=answer, sharing=Sharing(shared.lower()), **ids),
            AnswerAccepted(by=noor, **ids),
        )  # fmt: skip
        return ids["answer"]

    def share(self, title: str, to: Audience, *, named: bool = False, description: str = "") -> UUID:
        """A link of Ada's."""
        link, ada = uuid4(), key(self.people["Ada"])
        happened(
            self.house.store,
            link,
            LinkShared(mentorship=self.mentorship, by=ada, title=title, url="https://example.org/a"),
            Described(by=ada, title=title, description=description or None, topics=("Reading",)),
            Published(by=ada, to=to, named=named),
        )
        return link

    def ask(self, who: str, selection: str, **variables: Any) -> Any:
        types = {"search": "String", "filter": "LibraryFilter"}
        used = ", ".join(f"${name}: {kind}" for name, kind in types.items() if f"${name}" in selection)
        return self.house.ask(self.people[who], f"query ({used}) {{ {selection} }}", **variables)

    def found(self, who: str, search: str | None = None, **more: Any) -> list[str]:
        selection = "library(search: $search, filter: $filter, first: 100) { totalCount nodes { title } }"
        found = self.ask(who, selection, search=search, filter=more or None)["library"]
        assert found["totalCount"] == len(found["nodes"])
        return [one["title"] for one in found["nodes"]]

    def entry(self, who: str, search: str, selection: str) -> Json:
        """The one that is found."""
        document = f"library(search: $search) {{ nodes {{ {selection} }} }}"
        [entry] = self.ask(who, document, search=search)["library"]["nodes"]
        found: Json = entry
        return found


def _takes_part(house: House, who: Caller, program: ProgramId) -> None:
    applied = Applied(program=program, participant=key(who), role=Side.MENTEE)
    happened(house.store, enrollment_id(program, key(who)), applied, Approved())


def _people(house: House) -> dict[str, Caller]:
    staff = {"Fay": Role.FACILITATOR, "Flo": Role.FACILITATOR, "Gus": Role.GUEST}
    names = ("Ada", "Noor", "Kim", "Lee", "Max", "Pat", "Fay", "Flo", "Gus", "Guy")
    roles = {name: staff.get(name, Role.PARTICIPANT) for name in names} | {"Guy": Role.GUEST}
    people = {name: house.person(name, role) for name, role in roles.items()}
    return {**people, "Ola": house.registrar}


def _begin(house: House, people: dict[str, Caller]) -> MentorshipId:
    mentorship = MentorshipId(uuid4())
    sides = {"Ada": Side.MENTOR, "Noor": Side.MENTEE, "Gus": Side.MENTEE}
    members = tuple(Member(participant=key(people[name]), role=side) for name, side in sides.items())
    began = Began(
        program=GROWTH, settings_version=1, type=GROUP, members=members, planned_end=date(2999, 1, 1)
    )
    kim = Member(participant=key(people["Kim"]), role=Side.MENTEE)
    happened(house.store, mentorship, began, MemberJoined(member=kim))
    return mentorship


@pytest.fixture(scope="module")
def library(postgres_url: str) -> Iterator[Library]:
    with open_house(postgres_url) as house:
        people = _people(house)
        for program, staff in ((GROWTH, "Fay"), (ELSEWHERE, "Flo")):
            assigned = StaffAssigned(person=key(people[staff]), role=StaffRole.FACILITATOR)
            happened(house.store, program, Drafted(name="Growth"), assigned)
        _takes_part(house, people["Lee"], GROWTH)
        _takes_part(house, people["Pat"], GROWTH)
        happened(house.store, enrollment_id(GROWTH, key(people["Pat"])), Withdrawn())
        _takes_part(house, people["Max"], ELSEWHERE)
        library = Library(house, people, _begin(house, people))
        _fill(library)
        yield library


def _fill(library: Library) -> None:
    library.learn("Between us?", "Yes, quietly.", "Trust", shared="MEMBERS")
    library.learn("How do runners rest?", "They <b>sleep</b> & eat.", "Running", "Rest", shared="ANONYMOUS")
    library.learn("Half open?", "The answer only.", shared="NAMED", asked="MEMBERS")
    library.learn("Learning Python well", "Write tests, run them, rest.", "Python", shared="NAMED")
    library.share("Programme reading", Audience.PROGRAM, description="For those who sleep little")
    library.share("Directory reading", Audience.DIRECTORY, named=True)
    store, kim = library.house.store, key(library.people["Kim"])
    happened(store, library.mentorship, MemberLeft(participant=kim))
    library.learn("After Kim?", "Kim has left.", shared="MEMBERS")
    last = happened(store, library.mentorship, Concluded(outcome=Outcome.ACHIEVED))
    library.house.wait_for(last)


INSIDE: Final = ["Half open?", "Between us?"]
PROGRAM: Final = ["Programme reading", "Learning Python well", "How do runners rest?"]
DIRECTORY: Final = ["Directory reading"]
EVERYTHING: Final = [
    "After Kim?", *DIRECTORY, PROGRAM[0], PROGRAM[1], INSIDE[0], PROGRAM[2], INSIDE[1],
]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "titles"),
    [
        ("Ada", EVERYTHING),
        ("Noor", EVERYTHING),
        ("Gus", EVERYTHING),
        ("Kim", EVERYTHING[1:]),
        ("Lee", [*DIRECTORY, *PROGRAM]),
        ("Fay", [*DIRECTORY, *PROGRAM]),
        ("Ola", [*DIRECTORY, *PROGRAM]),
        ("Pat", DIRECTORY),
        ("Max", DIRECTORY),
        ("Flo", DIRECTORY),
        ("Guy", []),
    ],
)
def test_who_finds_what_the_newest_first(library: Library, who: str, titles: list[str]) -> None:
    assert library.found(who) == titles


def test_who_is_no_member_learns_a_name_only_where_it_is_shared(library: Library) -> None:
    who = "author { name } asker { name } mentorship { id } question { questionId } answer { answerId }"
    ada, noor = {"name": "Ada"}, {"name": "Noor"}
    nowhere = {"mentorship": None, "question": None, "answer": None}
    for reader in ("Lee", "Fay", "Ola"):
        assert library.entry(reader, "runners", who) == {"author": None, "asker": None, **nowhere}
        assert library.entry(reader, "python", who) == {"author": ada, "asker": noor, **nowhere}
        assert library.entry(reader, "programme", "author { name }") == {"author": None}
        assert library.entry(reader, "directory", "author { name }") == {"author": ada}
    inside = library.entry("Noor", "runners", who)
    assert (inside["author"], inside["asker"]) == (ada, noor)
    assert inside["mentorship"] == {"id": global_id("Mentorship", library.mentorship)}
    assert None not in (inside["question"], inside["answer"])


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        ("sleeping", ["Programme reading", "How do runners rest?"]),
        ("rest", ["How do runners rest?", "Learning Python well"]),
        ("runner -sleep", []),
        ('"runners rest"', ["How do runners rest?"]),
        ("pyhton", ["Learning Python well"]),
        ("runers rset", []),
        ("readnig", ["Directory reading", "Programme reading"]),
        ("python or directory", ["Learning Python well", "Directory reading"]),
        ("quietly", []),
        ("", []),
        ("%' OR 1=1 --", []),
        ("\\", []),
        ("x" * 5_000, []),
    ],
)
def test_words_are_found_the_best_first(library: Library, search: str, titles: list[str]) -> None:
    found = library.found("Lee", search)
    assert sorted(found) == sorted(titles)
    assert search not in {"sleeping", "rest"} or found == titles


def test_an_excerpt_is_plain_text_in_pieces_that_say_whether_they_were_found(library: Library) -> None:
    shown = 'excerpt(search: "runners sleep") { text found } text rank kind topics'
    entry = library.entry("Lee", "runners sleep", shown)
    assert [(one["text"], one["found"]) for one in entry["excerpt"]] == [
        ("They  ", False),
        ("sleep", True),
        ("  & eat.", False),
    ]
    assert entry["text"] == "They <b>sleep</b> & eat."
    assert (entry["kind"], entry["topics"]) == ("ANSWER", ["Running", "Rest"])
    assert 5_000 < entry["rank"] <= 10_000
    assert library.entry("Lee", "pyhton", "rank")["rank"] < 5_000


def test_pages_go_on_in_the_order_of_rank(library: Library) -> None:
    page = "library(search: $search, first: 1%s) { nodes { title } pageInfo { endCursor } }"
    found, cursor = [], ""
    for _ in range(3):
        shown = library.ask("Lee", page % cursor, search="rest or reading")["library"]
        found += [one["title"] for one in shown["nodes"]]
        cursor = f', after: "{shown["pageInfo"]["endCursor"]}"'
    assert found == library.found("Lee", "rest or reading")[:3]


def test_filters_and_what_the_found_is_about(library: Library) -> None:
    growth, elsewhere = (global_id("Program", one) for one in (GROWTH, ELSEWHERE))
    assert library.found("Lee", kinds=["ANSWER"]) == PROGRAM[1:]
    assert library.found("Lee", topics=["PYTHON", "rest"]) == PROGRAM[1:]
    assert library.found("Lee", program=growth) == [*DIRECTORY, *PROGRAM]
    assert library.found("Lee", program=elsewhere) == []
    topics = "libraryTopics(search: $search, filter: $filter) { topic count }"
    one = {"Python": 1, "Rest": 1, "Running": 1}
    told = library.ask("Lee", topics)["libraryTopics"]
    assert [(entry["topic"], entry["count"]) for entry in told] == [("Reading", 2), *one.items()]
    told = library.ask("Lee", topics, search="python")["libraryTopics"]
    assert told == [{"topic": "Python", "count": 1}]
    assert library.ask("Guy", topics)["libraryTopics"] == []
