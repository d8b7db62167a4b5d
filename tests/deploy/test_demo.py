"""The demo: an organisation that is alive, made once, and whatever it prints works as printed."""

import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from math import ceil
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy import demo, wiring
from deploy.demo_programs import SKETCHES
from deploy.demo_queries import EXAMPLES
from deploy.ninety_days.past import PastStore
from deploy.settings import Settings
from domain.command import Command
from domain.participant import PARTICIPANT, register
from domain.permissions import Role
from domain.store import Database
from projections import catalogue, projection
from tests.deploy.conftest import Chiron, clean_environment, free_port
from tests.deploy.leaving import leaked
from tests.deploy.test_supervisor import eventually

ROSTER = """
SELECT p.name, e.role, e.state, count(*)
  FROM enrollments e JOIN programs p USING (program_id) GROUP BY p.name, e.role, e.state
"""


LIVED = """
SELECT h.kind, count(DISTINCT h.mentorship_id)::int
  FROM history h JOIN mentorships m USING (mentorship_id) WHERE m.began_at >= %(today)s GROUP BY h.kind
"""
BEGAN = "SELECT count(*) FROM mentorships WHERE program_id IS NOT NULL AND state <> 'handed_over'"
STATES = "SELECT state, count(*)::int FROM mentorships WHERE began_at >= %(today)s GROUP BY state"
EARLIER = "SELECT state, count(*)::int FROM mentorships WHERE began_at < %(today)s GROUP BY state"
NEVER = "SELECT count(*) FROM events WHERE recorded_at > clock_timestamp()"
FEW = 30
"""Relationships that have been lived before today; the benchmark plays all."""
PROPOSALS = "SELECT mode, state, count(*) FROM proposals GROUP BY mode, state"


@pytest.fixture
def settings(organisation: Database, tmp_path: Path) -> Settings:
    given = Settings.model_validate(
        {"database_url": organisation.url, "organisation": organisation.schema, "data_folder": tmp_path}
    )
    wiring.make_keys(given)
    return given


def test_the_organisation_is_made_once(settings: Settings, organisation: Database) -> None:
    said: list[str] = []
    demo.prepare(settings, said.append, FEW)
    assert len(said) == 5
    with wiring.open_store(settings) as store:
        head = store.head()
    demo.prepare(settings, said.append)
    with wiring.open_store(settings) as store:
        assert (len(said), store.head()) == (5, head)

    with organisation.connect() as connection:
        people = connection.execute("SELECT count(*), count(manager_id) FROM profiles").fetchone()
        roster = {(name, role, state): count for name, role, state, count in connection.execute(ROSTER)}
        programs = connection.execute("SELECT state, name FROM programs ORDER BY name").fetchall()
        staffed = connection.execute(
            "SELECT count(DISTINCT person_id), count(*) FROM program_staff"
        ).fetchone()
    assert people == (1001, 999)
    assert programs == [
        ("open", "First Hundred Days"),
        ("open", "Leading People"),
        ("open", "Next Directors"),
    ]
    assert staffed == (6, 6)
    assert {state for _, _, state in roster} == {
        "approved", "applied", "waitlisted", "rejected", "invited", "information_requested", "paused",
        "withdrawn",
    }  # fmt: skip
    for sketch in SKETCHES:
        taken_in = [roster[sketch.name, role, "approved"] for role in ("mentor", "mentee")]
        mentors, mentees, later = (ceil(count * FEW / demo.RELATIONSHIPS) for count in sketch.regulars)
        assert taken_in == [sketch.seats[0] + mentors + later, sketch.seats[1] + mentees]
    kept = {one.name for one in catalogue.ALL}
    statuses = projection.status(organisation)
    assert {status.lag for status in statuses if status.name in kept} == {0}
    assert not any(status.parked for status in statuses)
    people_are_brought_together(organisation)
    relationships_are_lived(organisation)
    nothing_personal_leaves(settings)


def nothing_personal_leaves(settings: Settings) -> None:
    """Whatever anybody has said or is called, no message holds it."""
    with wiring.open_store(settings) as store:
        looked_for, found = leaked(store, settings.organisation)
    assert looked_for > 3_000
    assert found == set()


def people_are_brought_together(organisation: Database) -> None:
    """By a run, by wishes and by hand."""
    with organisation.connect() as connection:
        runs = connection.execute("SELECT state, label FROM match_runs ORDER BY requested_at").fetchall()
        proposals = connection.execute(PROPOSALS).fetchall()
        (running,) = connection.execute(BEGAN).fetchone() or (0,)
    earlier = [("published", "Summer")] * 2 + [("published", "Late summer")] * 2
    assert runs == [*earlier, ("published", "Autumn"), ("draft", "Score first")]
    found = {(mode, state) for mode, state, _ in proposals}
    every = {("administrator", "confirmed"), ("self_directed", "confirmed"), ("facilitator", "confirmed")}
    assert found >= every | {("administrator", "declined"), ("administrator", "waiting")}
    assert running == sum(count for _, state, count in proposals if state == "confirmed")


def relationships_are_lived(organisation: Database) -> None:
    """Most of them talk, meet and work; some pause, some end. Others have gone further, and none too far."""
    today = {"today": demo.day_of(organisation)}
    with organisation.connect() as connection:
        kinds: dict[str, int] = dict(connection.execute(LIVED, today).fetchall())
        states: dict[str, int] = dict(connection.execute(STATES, today).fetchall())
        earlier: dict[str, int] = dict(connection.execute(EARLIER, today).fetchall())
        assert connection.execute(NEVER).fetchone() == (0,)
        documents = connection.execute("SELECT count(*) FROM resources WHERE kind = 'document'").fetchone()
    lively = sum(states.values()) * 5 // 7
    assert set(states) == {"running", "paused", "ended_early"}
    for kind in ("goal", "message", "question", "meeting", "document", "link", "assignment", "check_in"):
        assert kinds[kind] >= lively
    assert documents is not None
    assert documents[0] >= lively
    assert sum(earlier.values()) >= FEW
    assert set(earlier) >= {"running", "ended_early", "concluded", "handed_over"}


PLAY = """
from deploy import demo
from deploy.settings import load
demo.play_the_past(load(), print, 20)
"""


@pytest.mark.long
def test_a_demo_killed_in_the_middle_of_its_past_is_completed(
    settings: Settings, organisation: Database, home: Path
) -> None:
    """Of what was done, nothing is done twice; of what was not, nothing is left out."""
    environment = clean_environment(
        CHIRON_DATABASE_URL=organisation.url,
        CHIRON_ORGANISATION=organisation.schema,
        CHIRON_DATA_FOLDER=str(settings.data_folder),
    )
    with wiring.open_store(settings) as store:
        with subprocess.Popen([sys.executable, "-c", PLAY], cwd=home, env=environment) as playing:
            assert eventually(lambda: bool(store.page(0, 1, ["meeting.held"])), 400)
            playing.kill()
        assert not demo.has_a_past(store)
        demo.play_the_past(settings, lambda _: None, 20)
        assert demo.has_a_past(store)
        head = store.head()
    today = demo.day_of(organisation)
    with PastStore.open(organisation, wiring.key_ring(settings)) as past:
        demo.live_the_past(settings, past, today, lambda _: None, 20)
        assert past.head() == head


def test_an_organisation_that_is_not_the_demo_s_is_left_alone(settings: Settings) -> None:
    person = uuid4()
    with wiring.open_store(settings) as store:
        store.act(Command(uuid4(), "ola"), PARTICIPANT.stream(person), register, name="Ola", source="hr")
        with pytest.raises(demo.OrganisationIsReal):
            demo.prepare(settings, lambda _: None)
        with pytest.raises(demo.DatabaseIsNotOurs):
            demo.forget(settings)
        assert store.head() == 1


def test_programmes_differ_where_programmes_differ() -> None:
    for part in ("mentors", "mentees", "types", "enrollment", "matching", "plan", "accountability", "seats"):
        assert len({repr(getattr(sketch, part)) for sketch in SKETCHES}) == len(SKETCHES), part


def test_queries_can_be_pasted_into_a_shell() -> None:
    assert len(EXAMPLES) == 14
    dated = [example.dated(date(2026, 11, 24)).text for example in EXAMPLES]
    assert not any("'" in text or "_AGO" in text for text in dated)


@dataclass
class Running:
    printed: str
    remarks: str


@contextmanager
def running(home: Path, *options: str, **settings: str) -> Iterator[Running]:
    """What `chiron demo` prints, while it runs; stopped as by Ctrl-C."""
    printed, remarks = home / "printed", home / "remarks"
    with printed.open("w") as out, remarks.open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.cli", "demo", "--relationships", f"{FEW}", *options],
            cwd=home, env=clean_environment(**settings), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
        )  # fmt: skip

    def settled() -> bool:
        return printed.read_text().endswith("\n") or process.poll() is not None

    try:
        assert eventually(settled, 400), remarks.read_text()
        assert process.poll() is None, remarks.read_text()
        yield Running(printed.read_text(), remarks.read_text())
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert "Traceback" not in remarks.read_text()


def answers(printed: str) -> list[dict[str, Any]]:
    """Does what a shell and curl would do with what is printed."""
    tokens = dict(line.split("=", 1) for line in printed.splitlines() if line.split("=")[0] in ROLES)
    assert tokens.keys() == ROLES
    return [_answer(paragraph.split("\n\n#")[0], tokens) for paragraph in printed.split("\ncurl ")[1:]]


def _answer(command: str, tokens: dict[str, str]) -> dict[str, Any]:
    words = shlex.split(command)
    address = next(word for word in words if word.startswith("http"))
    header = words[words.index("-H") + 1]
    for role, issued in tokens.items():
        header = header.replace(f"${role}", issued)
    asked = dict([words[words.index("--data-urlencode") + 1].split("=", 1)])
    name, value = header.split(": ", 1)
    read: dict[str, Any] = httpx.get(address, params=asked, headers={name: value}, timeout=30).json()
    return read


ROLES = {role.upper() for role in Role}


def relationship_is_shown(lived: Any, inbox: Any, learnt: Any) -> None:
    """To the participant who is printed: what was done, what waits, what others learnt."""
    (mentorship,) = lived["mentorships"]["nodes"]
    kinds = {entry["kind"] for entry in mentorship["history"]["nodes"]}
    assert kinds >= {"RELATIONSHIP", "GOAL", "MESSAGE"}
    assert len(kinds) >= 5
    assert any(entry["text"] for entry in mentorship["history"]["nodes"])
    assert all(item["command"] for item in inbox["inbox"]["nodes"])
    assert learnt["library"]["totalCount"] > 0
    assert learnt["directory"]["totalCount"] > 0


def figures_are_told(dashboard: Any, risks: Any, course: Any, surveys: Any) -> None:
    """Of what was lived; what small groups would tell is not."""
    (told,) = (one["reports"]["dashboard"] for one in dashboard["programs"]["nodes"])
    assert any(figure["value"] is not None for figure in told["figures"])
    (listed,) = (one["reports"]["atRisk"] for one in risks["programs"]["nodes"])
    assert any(node["reasons"] for node in listed["nodes"])
    (reports,) = (one["reports"] for one in course["programs"]["nodes"])
    assert len(reports["now"]["nodes"]) == 5
    (results,) = (one["surveyResults"] for one in surveys["programs"]["nodes"])
    assert {form["kind"] for form in results["forms"]} >= {"FIRST"}


@pytest.mark.long
def test_what_is_printed_works_and_a_second_start_goes_on(home: Path, chiron: Chiron) -> None:
    ports = {"CHIRON_PORT": str(free_port()), "CHIRON_BROKER_PORT": str(free_port())}
    with running(home, **ports) as first:
        assert "Importing the 1,000 people" in first.remarks
        answered = answers(first.printed)
    assert [sorted(answer) for answer in answered] == [["data"]] * 14
    me, teachers, lived, inbox, learnt, waiting, proposed, runs, twenty, *reports, log = (
        answer["data"] for answer in answered
    )
    figures_are_told(*reports)
    relationship_is_shown(lived, inbox, learnt)
    assert me["viewer"]["participant"]["enrollments"]["nodes"][0]["program"]["name"] == "Leading People"
    assert teachers["participants"]["totalCount"] >= len(teachers["participants"]["nodes"]) > 0
    (program,) = waiting["programs"]["nodes"]
    assert [node["waitlistPosition"] for node in program["waitlist"]["nodes"]] == [1, 2, 3, 4]
    assert all(node["answers"]["why"] for node in program["roster"]["nodes"])
    assert len(program["roster"]["nodes"]) == 5
    proposals = proposed["programs"]["nodes"][0]["proposals"]
    assert proposals["totalCount"] >= len(proposals["nodes"]) == 3
    assert all(node["explanation"]["parts"] for node in proposals["nodes"])
    published, draft = runs["matchRuns"]["nodes"]
    assert (published["state"], draft["state"]) == ("PUBLISHED", "DRAFT")
    assert published["totals"]["total"] == published["totals"]["bound"] > 0
    assert all(pair["mentees"][0]["participant"]["name"] for pair in published["pairs"]["nodes"])
    nodes = twenty["enrollments"]["nodes"]
    assert len(nodes) == 20
    assert all(node["participant"]["name"] and node["log"]["nodes"] for node in nodes)
    assert sorted(node["name"] for node in log["events"]["nodes"]) == [
        *["enrollment.rejected"] * 2,
        *["program.opened"] * 3,
    ]
    assert [node["withheld"] for node in log["events"]["nodes"] if node["withheld"]] == [["reason"]] * 2

    with running(home, **ports) as second:
        assert "Importing" not in second.remarks
        assert answers(second.printed)[-1]["data"]["events"] == log["events"]
    refused = chiron("demo", "--reset", CHIRON_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", **ports)
    assert (refused.returncode, refused.stderr.split(":")[0]) == (2, "DATABASE_IS_NOT_OURS")
    with running(home, "--reset", **ports) as anew:
        assert "Importing the 1,000 people" in anew.remarks
