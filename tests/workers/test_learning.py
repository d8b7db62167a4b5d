"""A learning record store hears of everything that was learned, once, whoever was killed or refused."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from deploy import wiring
from deploy.settings import Settings
from domain.assignment import ASSIGNMENT
from domain.meeting import MEETING
from domain.mentorship import MENTORSHIP
from domain.program_settings import Side
from domain.store import Database, Store
from domain.survey import SURVEY
from projections.projection import connect
from tests import npm
from tests.domain.samples import revived
from tests.projections.given import eventually
from tests.workers import at_learning
from tests.workers.brokers import SOURCE
from tests.workers.lain import messages
from tests.workers.locks import cut_off, held_up, waiting_for
from tests.workers.record_store import HOME, PASSWORD, USERNAME, Lrs, record_store
from tests.workers.test_publisher import tell
from workers import consumer, learning_records
from workers.consumer import Message, Reader
from workers.learning_records import LearningRecords
from workers.learning_sender import PAUSES, LearningSender, RecordStore
from workers.learning_statements import ADL, PROGRESS, TELL, Known, statements

MENTOR, NOOR, MAX = (UUID(f"00000000-0000-4000-8000-00000000000{number}") for number in (2, 1, 3))
DOCS = Path("docs/learning-records.md")


@pytest.fixture
def installed(organisation: Database) -> Database:
    consumer.install(organisation, [LearningRecords(HOME)])
    return organisation


@pytest.fixture
def lrs() -> Iterator[Lrs]:
    with record_store() as server:
        yield server


@pytest.fixture
def mentorship(store: Store) -> UUID:
    """A circle's life: it meets, learns, loses a mentee, is asked how it was, and comes to its end."""
    mentorship = uuid4()
    circle = MENTORSHIP.stream(mentorship)
    tell(store, circle, revived("mentorship.began", 2))
    meeting = MEETING.stream(uuid4())
    tell(store, meeting, revived("meeting.proposed", 1).model_copy(update={"mentorship": mentorship}))
    tell(store, meeting, revived("meeting.held", 1).model_copy(update={"attendance": (MENTOR, NOOR)}))
    assignment = ASSIGNMENT.stream(uuid4())
    assigned = revived("assignment.assigned", 1).model_copy(update={"mentorship": mentorship, "to": MAX})
    tell(store, assignment, assigned)
    tell(store, assignment, revived("assignment.completed", 1))
    tell(store, circle, revived("mentorship.goal_progressed", 1))
    tell(store, circle, revived("mentorship.member_left", 1), revived("mentorship.goal_achieved", 1))
    tell(store, circle, revived("mentorship.milestone_reached", 1))
    survey = SURVEY.stream(uuid4())
    tell(store, survey, revived("survey.asked", 1).model_copy(update={"mentorship": mentorship}))
    tell(store, survey, revived("survey.answered", 1).model_copy(update={"by": NOOR}))
    tell(store, circle, revived("mentorship.concluded", 1))
    return mentorship


def read(database: Database, some: Sequence[Message], topic: str = "velmora.events") -> None:
    reader = Reader(database, LearningRecords(HOME), topic)
    reader.read(0, some)
    reader.close()


def send(database: Database, lrs: Lrs) -> None:
    with connect(database) as connection:
        sender = LearningSender(connection, RecordStore(lrs.url, USERNAME, PASSWORD))
        while sender.advance():
            pass


def counted(database: Database) -> tuple[int, int, int]:
    """How many statements are sent, refused and waiting."""
    with connect(database) as connection:
        row = connection.execute(
            "SELECT count(sent_at), count(refused), count(*) - count(sent_at) - count(refused)"
            "  FROM learning_statements"
        ).fetchone()
    return row or (0, 0, 0)


def short(statement: Any) -> tuple[str, str, str]:
    """Who did what to what."""
    verb, about = statement["verb"]["id"], statement["object"]["id"]
    return statement["actor"]["account"]["name"], verb.removeprefix(f"{ADL}verbs/"), about


def test_what_was_learned_is_told_of_each_person(
    installed: Database, store: Store, mentorship: UUID, lrs: Lrs
) -> None:
    told = messages(store)
    read(installed, told)
    send(installed, lrs)
    streams = {message.name.partition(".")[0]: message.stream for message in told}
    circle, goal = f"{HOME}/relationships/{mentorship}", "goals/00000000-0000-4000-8000-000000000041"
    assert sorted(short(one) for one in lrs.statements.values()) == sorted(
        (str(person), verb, about)
        for people, verb, about in [
            ([MENTOR, NOOR, MAX], "registered", circle),
            ([MENTOR, NOOR], "attended", f"{HOME}/meetings/{streams['meeting']}"),
            ([MAX], "completed", f"{HOME}/assignments/{streams['assignment']}"),
            ([NOOR, MAX], "progressed", f"{circle}/{goal}"),
            ([NOOR], "completed", f"{circle}/{goal}"),
            ([NOOR], "completed", f"{circle}/milestones/first-talk"),
            ([NOOR], "responded", f"{HOME}/surveys/{streams['survey']}"),
            ([MENTOR, NOOR], "completed", circle),
        ]
        for person in people
    )
    assert {one["context"]["registration"] for one in lrs.statements.values()} == {str(mentorship)}


def test_a_statement_says_what_came_of_it(
    installed: Database, store: Store, mentorship: UUID, lrs: Lrs
) -> None:
    read(installed, messages(store))
    send(installed, lrs)
    found = {short(one)[1:]: one for one in lrs.statements.values()}
    results = {
        (verb, about.rpartition("/")[0].rpartition("/")[2]): one.get("result")
        for (verb, about), one in found.items()
    }
    assert results == {
        ("registered", "relationships"): None,
        ("attended", "meetings"): {"duration": "PT50M"},
        ("completed", "assignments"): {"completion": True},
        ("progressed", "goals"): {"extensions": {PROGRESS: 40}},
        ("completed", "goals"): {"completion": True, "success": True},
        ("completed", "milestones"): {"completion": True},
        ("responded", "surveys"): None,
        ("completed", "relationships"): {"completion": True},
    }
    (attended,) = [one for (verb, _), one in found.items() if verb == "attended"]
    assert attended["timestamp"] == "2026-03-30T07:05:00Z"
    assert attended["context"]["contextActivities"]["parent"][0]["id"].endswith(str(mentorship))


OUTCOMES = {
    "achieved": ("completed", {"completion": True, "success": True}),
    "not_achieved": ("completed", {"completion": True, "success": False}),
    "lapsed": ("terminated", {"completion": False}),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_outcome_is_told(
    installed: Database, store: Store, mentorship: UUID, lrs: Lrs, outcome: str
) -> None:
    verb, result = OUTCOMES[outcome]
    told = messages(store)
    last = orjson.loads(told[-1].raw)
    read(installed, [*told[:-1], Message.of(orjson.dumps({**last, "data": {"outcome": outcome}}))])
    send(installed, lrs)
    found = [one for one in lrs.statements.values() if "/relationships/" in one["object"]["id"]]
    ends = [one for one in found if one["timestamp"] == told[-1].time.isoformat()]
    assert [short(one)[1] for one in ends] == [verb, verb]
    assert [one["result"] for one in ends] == [result, result]


def test_among_peers_everybody_learns(installed: Database, store: Store, lrs: Lrs) -> None:
    circle = MENTORSHIP.stream(uuid4())
    began: Any = revived("mentorship.began", 2)
    peers = tuple(one.model_copy(update={"role": Side.MENTOR}) for one in began.members[:2])
    tell(store, circle, began.model_copy(update={"members": peers}))
    tell(store, circle, revived("mentorship.member_joined", 1), revived("mentorship.milestone_reached", 1))
    read(installed, messages(store))
    send(installed, lrs)
    assert len([one for one in lrs.statements.values() if short(one)[1] == "completed"]) == 1
    tell(store, circle, revived("mentorship.member_left", 1), revived("mentorship.goal_achieved", 1))
    read(installed, messages(store))
    send(installed, lrs)
    achieved = [short(one)[0] for one in lrs.statements.values() if "/goals/" in short(one)[2]]
    assert sorted(achieved) == sorted(str(one.participant) for one in peers)


@pytest.fixture
def validation(worker_id: str) -> Path:
    return npm.installed(Path(__file__).parent / "xapi", worker_id)


def test_learning_lockers_own_validation_finds_nothing_wrong(
    store: Store, mentorship: UUID, validation: Path, tmp_path: Path
) -> None:
    known = Known({NOOR: "mentee", MAX: "mentee"}, assignee=MAX)
    told = [
        one for message in messages(store) if message.name in TELL for one in statements(message, known, HOME)
    ]
    whole, spoilt = tmp_path / "whole.json", tmp_path / "spoilt.json"
    whole.write_text(json.dumps(told))
    spoilt.write_text(json.dumps([{**told[0], "actor": {"name": "Noor"}}]))
    assert npm.ran(validation, "check.mjs", str(whole)) == []
    assert npm.ran(validation, "check.mjs", str(spoilt)) != []


def test_what_comes_again_is_told_once(installed: Database, store: Store, mentorship: UUID, lrs: Lrs) -> None:
    read(installed, messages(store))
    send(installed, lrs)
    batches = list(lrs.batches)
    read(installed, messages(store), topic="anew")
    send(installed, lrs)
    assert lrs.batches == batches
    assert counted(installed) == (len(lrs.statements), 0, 0)


def test_rubbish_is_parked_and_the_rest_goes_on(
    installed: Database, store: Store, mentorship: UUID, lrs: Lrs
) -> None:
    told = messages(store)
    odd = [{**orjson.loads(one.raw), "data": {}} for one in told if one.name == "meeting.held"]
    rest = [Message.of(orjson.dumps(odd[0])) if one.name == "meeting.held" else one for one in told]
    read(installed, rest)
    with connect(installed) as connection:
        (parked,) = consumer.parked(connection, learning_records.NAME)
    assert parked.position == int(odd[0]["sequence"])
    assert consumer.retry(installed, store, LearningRecords(HOME), SOURCE) == (1, 0)
    send(installed, lrs)
    assert counted(installed) == (13, 0, 0)


def test_a_statement_that_is_refused_holds_up_no_other(
    installed: Database, store: Store, mentorship: UUID, lrs: Lrs
) -> None:
    read(installed, messages(store))
    with connect(installed) as connection:
        ids = [str(row[0]) for row in connection.execute("SELECT id FROM learning_statements ORDER BY id")]
    lrs.unwanted = {ids[4]}
    lrs.statements[ids[7]] = {"told": "otherwise"}
    send(installed, lrs)
    assert counted(installed) == (12, 1, 0), "the store keeps what it was told first"
    assert lrs.statements.keys() == set(ids) - lrs.unwanted
    lrs.unwanted = set()
    (again,) = re.findall(r"```sql\n(.*?)```", DOCS.read_text(), re.DOTALL)
    with connect(installed) as connection:
        assert connection.execute(again).rowcount == 1
    send(installed, lrs)
    assert lrs.statements.keys() == set(ids)


def test_while_the_store_is_away_all_wait_ever_longer(
    installed: Database, store: Store, mentorship: UUID, lrs: Lrs
) -> None:
    read(installed, messages(store))
    now, waits = datetime.now(UTC), []
    lrs.answers = [(503, {}), (401, {}), (302, {"Location": "http://127.0.0.1:1/"})]
    lrs.answers += [(429, {"Retry-After": "30"}), *[(500, {}) for _ in range(7)]]
    with connect(installed) as connection:
        sender = LearningSender(connection, RecordStore(lrs.url, USERNAME, PASSWORD), now=lambda: now)
        assert not sender.advance()
        while left := len(lrs.answers):
            began = now
            while len(lrs.answers) == left:
                now += timedelta(seconds=1)
                assert not sender.advance()
            waits.append((now - began).seconds)
        now += PAUSES[1]
        assert sender.advance()
    assert waits == [1, 2, 4, 30, 16, 32, 64, 128, 256, 300]
    assert counted(installed) == (13, 0, 0)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_store_that_is_not_there_is_waited_for(scheme: str) -> None:
    answer = RecordStore(f"{scheme}://127.0.0.1:1/xapi", USERNAME, PASSWORD).post([b"{}"])
    assert (answer.status, answer.taken) == (None, False)
    assert answer.reason == "ConnectionRefusedError"
    assert PASSWORD not in repr(RecordStore("https://lrs", USERNAME, PASSWORD))


def test_killed_before_it_notes_what_it_sent_it_is_sent_again_and_kept_once(
    installed: Database, store: Store, mentorship: UUID, lrs: Lrs
) -> None:
    read(installed, messages(store))
    with held_up(installed, "learning_statements"):
        child = subprocess.Popen(
            [sys.executable, "-m", at_learning.__name__, installed.url, installed.schema, lrs.url]
        )
        try:
            eventually(lambda: lrs.batches == [13])
            eventually(lambda: waiting_for(installed, "learning_statements"))
        finally:
            child.kill()
            child.wait()
        cut_off(installed, "learning_statements")
    assert counted(installed) == (0, 0, 13)
    send(installed, lrs)
    assert lrs.batches == [13, 13]
    assert len(lrs.statements) == 13
    assert counted(installed) == (13, 0, 0)


def test_it_is_sent_where_the_settings_say(
    installed: Database, store: Store, mentorship: UUID, lrs: Lrs
) -> None:
    settings = Settings.model_validate({
        "lrs_url": lrs.url, "lrs_username": USERNAME, "lrs_password": PASSWORD, "lrs_home_page": HOME,
    })  # fmt: skip
    records = next(one for one in wiring.consumers(settings) if one.name == learning_records.NAME)
    begin = wiring.following(settings, store)[learning_records.NAME]
    with connect(installed) as connection:
        records.take(connection, messages(store))
        follower = begin(connection, threading.Event())
        assert follower is not None
        assert follower.advance()
        assert not follower.advance()
        assert follower.position == store.head()
    assert len(lrs.statements) == 13
