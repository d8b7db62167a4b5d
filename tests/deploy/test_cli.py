"""The command line: what each command prints, and that every fault is a code, a sentence and exit code 2."""

from pathlib import Path
from uuid import UUID

import jwt
import psycopg
import pytest

from api.tokens import Tokens
from deploy import logs, wiring
from deploy.settings import load
from domain.enrollment import Applied, Approved
from domain.ids import ProgramId
from domain.participant import CompetencyOffered, Left
from domain.permissions import Action, Role
from domain.profile import LeavingReason
from domain.program import Drafted, StaffAssigned
from domain.program_settings import Side, StaffRole
from domain.store import Database, Store
from projections import catalogue, projection, runner
from tests.deploy.conftest import Chiron, Run, free_port
from tests.people import ADA, KIM, LEADERSHIP, LIN, NOOR, ONBOARDING, SAM, Person
from tests.projections.given import happened
from tests.projections.tally import PYTHON_POISON, TALLY


@pytest.fixture
def staffed(organisation: Database, run: Run) -> None:
    """Kim administers Leadership, Sam facilitates Onboarding, where Noor is and Ada applied; Lin left."""
    with wiring.open_store(load()) as store:
        for person in (ADA, KIM, LIN, NOOR, SAM):
            happened(store, person.id, person.registered)
        happened(store, LIN.id, Left(reason=LeavingReason.LEFT_ORGANISATION))
        happened(store, LEADERSHIP, Drafted(name="Leadership"), assigned(KIM, StaffRole.ADMINISTRATOR))
        happened(store, ONBOARDING, Drafted(name="Onboarding"), assigned(SAM, StaffRole.FACILITATOR))
        happened(store, NOOR.in_program(ONBOARDING), applied(NOOR, ONBOARDING), Approved())
        happened(store, ADA.in_program(ONBOARDING), applied(ADA, ONBOARDING))
        runner.catch_up(organisation, store, catalogue.ALL)


def assigned(person: Person, role: StaffRole) -> StaffAssigned:
    return StaffAssigned(person=person.id, role=role)


def applied(person: Person, program: ProgramId) -> Applied:
    return Applied(program=program, participant=person.id, role=Side.MENTEE)


def holder(printed: str) -> tuple[list[str], UUID | None]:
    actor, _ = wiring.tokens(load()).verify(printed.strip())
    return sorted(actor.roles), actor.participant


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(
    ("arguments", "person"),
    [
        (["administrator"], KIM),
        (["administrator", "--program", "Leadership"], KIM),
        (["facilitator"], SAM),
        (["facilitator", "--program", str(ONBOARDING)], SAM),
        (["facilitator", "--person", str(SAM.id)], SAM),
        (["participant", "--program", "Onboarding"], NOOR),
        (["participant", "--person", str(ADA.id)], ADA),
    ],
)
def test_a_token_is_of_somebody_who_has_the_role(run: Run, arguments: list[str], person: Person) -> None:
    code, printed, remark = run("token", "--as", *arguments)
    assert code == 0
    assert holder(printed) == ([arguments[0]], person.id)
    assert str(person.id) in remark


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(
    "arguments",
    [
        ["administrator", "--program", "Onboarding"],
        ["administrator", "--program", "no such programme"],
        ["facilitator", "--person", str(KIM.id)],
        ["participant", "--person", str(LIN.id)],
        ["participant", "--person", str(ADA.id), "--program", "Onboarding"],
    ],
)
def test_nobody_gets_a_token_for_a_role_they_do_not_have(run: Run, arguments: list[str]) -> None:
    code, printed, remark = run("token", "--as", *arguments)
    assert (code, printed) == (2, "")
    assert remark.startswith(f"NOBODY_THERE: Nobody is {arguments[0]} there")


@pytest.mark.parametrize("role", ["organisation_admin", "auditor"])
def test_a_role_for_all_programmes_needs_no_person(run: Run, role: str) -> None:
    code, printed, _ = run("token", "--as", role)
    assert code == 0
    assert holder(printed) == ([role], None)


def test_a_service_gets_the_scopes_it_is_given_and_no_others(run: Run) -> None:
    _, printed, _ = run("token", "--as", "service", "--scope", "log.see", "--scope", "import.run")
    actor, _ = wiring.tokens(load()).verify(printed.strip())
    assert actor.roles == frozenset({Role.SERVICE})
    assert actor.scopes == frozenset[str]({Action.SEE_LOG, Action.RUN_IMPORT})
    code, printed, remark = run("token", "--as", "service")
    assert (code, printed) == (2, "")
    assert remark.startswith("SCOPES_MISSING: ")


def test_a_token_is_good_for_as_long_as_the_settings_say(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIRON_TOKEN_HOURS", "2")
    _, printed, remark = run("token", "--as", "auditor")
    claims = jwt.decode(printed.strip(), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 7200
    assert "good for 2 hours" in remark


def test_a_key_that_is_replaced_still_opens_its_tokens_when_it_is_named(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, printed, _ = run("token", "--as", "auditor")
    file = home / ".chiron" / "keys" / "token_key"
    monkeypatch.setenv("CHIRON_OLDER_TOKEN_KEYS", file.read_text())
    file.unlink()
    assert isinstance(wiring.tokens(load()), Tokens)
    assert holder(printed) == (["auditor"], None)


@pytest.fixture
def tally(organisation: Database, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """One read model, that has parked Ada's stream and follows Noor's."""
    monkeypatch.setattr(catalogue, "ALL", (TALLY,))
    projection.install(organisation, catalogue.ALL)
    logs.quiet()
    with wiring.open_store(load()) as store:
        happened(store, ADA.id, CompetencyOffered(competency=PYTHON_POISON, level=3))
        happened(store, NOOR.id, CompetencyOffered(competency="Python", level=4))
        runner.catch_up(organisation, store, catalogue.ALL)
        happened(store, NOOR.id, CompetencyOffered(competency="SQL", level=2))


def row(printed: str, name: str) -> list[str]:
    (line,) = (line for line in printed.splitlines() if f" {name} " in line and "ValueError" not in line)
    return [cell.strip() for cell in line.strip("│").split("│")]


@pytest.mark.usefixtures("tally")
def test_projections_show_lag_and_what_is_parked_and_why(run: Run) -> None:
    code, printed, _ = run("projections")
    assert code == 0
    name, version, position, behind, _, parked, rebuilding = row(printed, "tally")
    assert (name, version, position, behind, parked, rebuilding) == ("tally", "1", "2", "1", "1", "")
    assert str(ADA.id) in printed
    assert "ValueError in count" in printed
    assert "Secret Name" not in printed


@pytest.mark.usefixtures("tally")
def test_a_retry_says_how_many_streams_it_won_back(run: Run) -> None:
    code, printed, _ = run("projections", "--retry", "tally")
    assert code == 0
    assert printed.startswith("tally: 0 streams are followed again, 1 stay parked.")


@pytest.mark.usefixtures("tally")
def test_a_rebuild_makes_the_read_model_anew(run: Run) -> None:
    code, printed, progress = run("rebuild", "tally")
    assert (code, printed) == (0, "tally is rebuilt.\n")
    assert "3/3" in progress
    assert row(run("projections")[1], "tally")[2:4] == ["3", "0"]


@pytest.mark.parametrize("arguments", [["rebuild", "nothing"], ["projections", "--retry", "nothing"]])
def test_an_unknown_read_model_is_told_with_those_there_are(run: Run, arguments: list[str]) -> None:
    code, _, remark = run(*arguments)
    assert code == 2
    views = ", ".join(sorted(view.name for view in catalogue.ALL))
    assert remark == f"VIEW_UNKNOWN: There is no read model nothing: choose one of {views}.\n"


def test_migrating_again_does_no_harm(run: Run, store: Store, organisation: Database) -> None:
    happened(store, ADA.id, ADA.registered)
    assert run("migrate")[:2] == (0, "The log and the read models' tables are up to date.\n")
    assert store.head() == 1


def test_settings_show_all_and_hide_what_is_secret(run: Run, organisation: Database) -> None:
    code, printed, _ = run("settings")
    assert code == 0
    assert "CHIRON_PORT=8000  (default)" in printed
    assert "CHIRON_DATABASE_URL=(hidden)  (environment)" in printed
    assert f"CHIRON_ORGANISATION={organisation.schema}  (environment)" in printed
    assert organisation.url not in printed


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["settings", "--no-such-option"],
        ["token"],
        ["token", "--as", "king"],
        ["token", "--as", "auditor", "--person", "not-an-id"],
        ["token", "--as", "service", "--scope", "everything"],
        ["rebuild"],
        ["import", "--undo", "not-an-id"],
    ],
)
def test_a_wrong_use_is_one_sentence(run: Run, arguments: list[str]) -> None:
    code, printed, remark = run(*arguments)
    assert (code, printed) == (2, "")
    assert remark.startswith("USAGE: ")
    assert remark.count("\n") == 1
    assert "Traceback" not in remark


def test_every_fault_of_the_settings_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIRON_PORT", "eighty")
    monkeypatch.setenv("CHIRON_PROT", "80")
    code, _, remark = run("settings")
    assert code == 2
    assert [line.split(":")[0] for line in remark.splitlines()] == ["SETTING_UNKNOWN", "SETTING_INVALID"]


@pytest.mark.parametrize("command", ["projections", "migrate", "import nobody.csv", "serve", "work"])
def test_a_database_that_does_not_answer_is_told(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (home / "nobody.csv").write_text("external_id,name,email\n")
    monkeypatch.setenv("CHIRON_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    monkeypatch.setenv("CHIRON_PORT", str(free_port()))
    code, _, remark = run(*command.split())
    assert code == 2
    assert "DATABASE_UNREACHABLE: PostgreSQL does not answer" in remark
    assert "Traceback" not in remark


def test_a_role_that_may_not_migrate_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    as_lowly = f"{postgres_url}{'&' if '?' in postgres_url else '?'}options=-c%20role%3Dlowly"
    monkeypatch.setenv("CHIRON_DATABASE_URL", as_lowly)
    monkeypatch.setenv("CHIRON_ORGANISATION", "not_theirs")
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute("CREATE ROLE lowly")
        code, _, remark = run("migrate")
        owner.execute("DROP ROLE lowly")
    assert (code, remark.split(":")[0]) == (2, "DATABASE_FORBIDS")


@pytest.mark.parametrize(
    "command", ["projections", "serve", "work", "token --as facilitator", "rebuild profiles"]
)
def test_a_database_without_the_organisation_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("CHIRON_ORGANISATION", "nobody_here")
    monkeypatch.setenv("CHIRON_PORT", str(free_port()))
    code, _, remark = run(*command.split())
    assert code == 2
    assert "NOT_MIGRATED: The database has no organisation nobody_here yet" in remark


def test_a_bug_ends_with_a_code_and_says_how_to_see_more(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError("with Secret Name in it")

    monkeypatch.setattr(wiring, "migrate", broken)
    code, _, remark = run("migrate")
    assert code == 1
    assert remark.startswith("UNEXPECTED: Chiron itself is at fault (ZeroDivisionError)")
    assert "Secret Name" not in remark
    monkeypatch.setenv("CHIRON_LOG_LEVEL", "debug")
    run("migrate")
    assert "in broken" in caplog.text


def test_help_and_version(chiron: Chiron) -> None:
    helped = chiron("--help")
    commands = {
        "up",
        "serve",
        "work",
        "migrate",
        "demo",
        "import",
        "token",
        "projections",
        "rebuild",
        "settings",
    }
    assert helped.returncode == 0
    assert commands <= set(helped.stdout.split())
    assert chiron("--version").stdout == "0.1.0\n"
