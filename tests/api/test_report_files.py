"""Reports as files over HTTP: for those who may see them, whole, and by name what cannot be."""

import csv
import io
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID, uuid4

import httpx
import psycopg
import pyarrow.parquet as pq
import pytest

from api import report_files
from api.relay import global_id
from domain import enrollment as e
from domain.ids import ProgramId
from domain.permissions import Action, Role
from domain.program import Drafted, StaffAssigned
from domain.program_settings import Side, StaffRole
from domain.store import Database, KeyRing, Store
from projections import catalogue, projection, runner
from projections.projection import connect
from projections.report_files import FILED
from projections.reporting import Column, Kind, Report, Row
from projections.reporting import Scope as ReportScope
from tests.api.serving import Served, serving
from tests.people import KIM, LEADERSHIP, SAM
from tests.projections.given import happened
from tests.projections.growth import ENGINEERING, GROWTH, SALES, Played, day

YEAR: Final = day(1, 1).year
MARCH, FEBRUARY = f"{YEAR}-03-31", f"{YEAR}-02-28"
OURS: Final = f"/reports/{global_id('Program', GROWTH)}"
OTHERS: Final = f"/reports/{global_id('Program', LEADERSHIP)}"
NOWHERE: Final = f"/reports/{global_id('Program', UUID(int=0xDEAD))}"


def lived_through(database: Database, store: Store) -> None:
    played = Played(database, store)
    played.draft(day(1, 5), mentor='department == "Engineering"', mentee='department == "Sales"')
    mentors, mentees = played.people(6, day(1, 5), ENGINEERING), played.people(6, day(1, 5), SALES)
    for side, people in ((Side.MENTOR, mentors), (Side.MENTEE, mentees)):
        for who in people:
            played.enrolls(who, side, day(1, 10))
    for mentor, mentee in zip(mentors[:5], mentees, strict=False):
        played.meets(played.pair(mentor, mentee, day(1, 20)), day(2, 3))
    played.of(mentees[5], day(3, 1), e.Withdrawn())
    happened(
        store,
        GROWTH,
        StaffAssigned(person=KIM.id, role=StaffRole.ADMINISTRATOR),
        StaffAssigned(person=SAM.id, role=StaffRole.FACILITATOR),
    )
    happened(store, LEADERSHIP, Drafted(name='"Lead" / $x$'))
    runner.catch_up(database, store, catalogue.ALL)


@dataclass(frozen=True)
class There:
    database: Database
    store: Store
    served: Served

    @property
    def address(self) -> tuple[str, int]:
        url = httpx.URL(self.served.url)
        return url.host, url.port or 80

    def request(self, path: str) -> bytes:
        token = self.served.authorization()["authorization"]
        return f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n\r\n".encode()

    def get(
        self, path: str, role: Role = Role.ORGANISATION_ADMIN, person: UUID | None = None, **more: Any
    ) -> httpx.Response:
        token = self.served.tokens.issue(str(person or "who"), [role], participant=person, **more)
        with httpx.Client(base_url=self.served.url, timeout=60) as client:
            return client.get(path, headers={"authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def there(postgres_url: str) -> Iterator[There]:
    database, keys = Database(postgres_url, f"h{uuid4().hex[:12]}"), KeyRing.random()
    database.install()
    projection.install(database, catalogue.ALL)
    with Store.open(database, keys) as store:
        lived_through(database, store)
        with serving(database, keys=keys) as served:
            yield There(database, store, served)
    database.drop()


def code(response: httpx.Response) -> tuple[int, str]:
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


def figures(response: httpx.Response) -> Mapping[str, list[str]]:
    lines = list(csv.reader(io.StringIO(response.text, newline="")))
    return {line[1]: line for line in lines[1:]}


def test_a_table_is_a_file_that_nobody_keeps_in_between(there: There) -> None:
    response = there.get(f"{OURS}/funnel.csv?asOf={MARCH}")
    assert response.status_code == 200
    headers = response.headers
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="Growth funnel {MARCH}.csv"' in headers["content-disposition"]
    assert headers["content-disposition"].startswith("attachment; ")
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert headers["content-security-policy"].startswith("sandbox")
    told = figures(response)
    assert told["eligible"][:4] == [f"{MARCH}T23:59:59.999999Z", "eligible", "Could take part", "12"]
    assert told["matched"][3] == "10"


def test_it_is_as_of_any_moment_and_of_any_part(there: There) -> None:
    assert figures(there.get(f"{OURS}/dashboard.csv?asOf={FEBRUARY}"))["enrolled"][4] == "12"
    assert figures(there.get(f"{OURS}/dashboard.csv?asOf={MARCH}"))["enrolled"][4] == "11"
    both = there.get(f"{OURS}/dashboard.csv?asOf={MARCH}&compareTo={FEBRUARY}").text.splitlines()
    enrolled = [line.split(",")[::4] for line in both if ",enrolled," in line]
    assert enrolled == [
        [f"{MARCH}T23:59:59.999999Z", "11"],
        [f"{FEBRUARY}T23:59:59.999999Z", "12"],
    ]
    part = figures(there.get(f"{OURS}/dashboard.csv?asOf={MARCH}&department=Sales&beganFrom={YEAR}-01-01"))
    assert part["relationships"][4] == "5"


def test_parquet_says_what_it_is(there: There) -> None:
    response = there.get(f"{OURS}/hours.parquet?asOf={MARCH}")
    assert response.headers["content-type"] == "application/vnd.apache.parquet"
    table = pq.read_table(io.BytesIO(response.content))
    assert table.column("hours").to_pylist() == [5.0]
    assert table.schema.metadata[b"chiron.program"] == str(GROWTH).encode()


@pytest.mark.parametrize("name", ["health", "metrics", "funnel", "cohorts", "hours", "mentors", "equity"])
def test_pictures_are_there_even_of_nothing(there: There, name: str) -> None:
    for program in (OURS, OTHERS):
        response = there.get(f"{program}/{name}.svg")
        assert response.headers["content-type"] == "image/svg+xml"
        assert response.text.startswith("<?xml")
        assert "<title" in response.text


@pytest.mark.parametrize(
    ("suffix", "begins", "media_type"),
    [("html", b"<!DOCTYPE html>", "text/html; charset=utf-8"), ("pdf", b"%PDF-", "application/pdf")],
)
def test_all_of_it_on_pages(there: There, suffix: str, begins: bytes, media_type: str) -> None:
    part = f"compareTo={FEBRUARY}&location=&department=Sales&beganFrom={YEAR}-01-01&beganUntil={MARCH}"
    for program in (OURS, OTHERS):
        response = there.get(f"{program}/report.{suffix}?{part}")
        assert (response.status_code, response.headers["content-type"]) == (200, media_type)
        assert response.content.startswith(begins)
    saved_as = unquote(response.headers["content-disposition"].partition("filename*=UTF-8''")[2])
    assert saved_as.startswith('"Lead" / $x$ report ')


def test_who_sees_reports(there: There) -> None:
    """As the table of permissions has it."""
    scopes = (Action.SEE_REPORTS.value,)
    for answered in (
        there.get(f"{OURS}/hours.csv"),
        there.get(f"{OURS}/hours.csv", Role.AUDITOR),
        there.get(f"{OURS}/hours.csv", Role.ADMINISTRATOR, KIM.id),
        there.get(f"{OURS}/hours.csv", Role.SERVICE, scopes=scopes),
    ):
        assert answered.status_code == 200
    assert code(there.get(f"{OTHERS}/hours.csv", Role.ADMINISTRATOR, KIM.id)) == (404, "NOT_FOUND")
    for role in (Role.PARTICIPANT, Role.GUEST, Role.FACILITATOR, Role.SERVICE):
        assert code(there.get(f"{OURS}/hours.csv", role, SAM.id)) == (403, "FORBIDDEN")


def test_those_at_risk_are_for_facilitators_too(there: There) -> None:
    assert there.get(f"{OURS}/at_risk.csv", Role.FACILITATOR, SAM.id).status_code == 200
    assert code(there.get(f"{OTHERS}/at_risk.csv", Role.FACILITATOR, SAM.id)) == (404, "NOT_FOUND")
    assert code(there.get(f"{OURS}/at_risk.csv", Role.PARTICIPANT, SAM.id)) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        (f"{NOWHERE}/hours.csv", (404, "NOT_FOUND")),
        ("/reports/rubbish/hours.csv", (404, "NOT_FOUND")),
        (f"/reports/{global_id('Participant', GROWTH)}/hours.csv", (404, "NOT_FOUND")),
        (f"{OURS}/nothing.csv", (404, "FILE_UNKNOWN")),
        (f"{OURS}/hours.xlsx", (404, "FILE_UNKNOWN")),
        (f"{OURS}/dashboard.svg", (404, "FILE_UNKNOWN")),
        (f"{OURS}/hours.pdf", (404, "FILE_UNKNOWN")),
        (f"{OURS}/hours.csv?asOf=soon", (400, "MOMENT_UNREADABLE")),
        (f"{OURS}/hours.csv?asOf=2999-01-01", (400, "MOMENT_IS_AHEAD")),
        (f"{OURS}/hours.csv?asOf=2026-01-31&compareTo=2026-02-28", (400, "COMPARISON_IS_LATER")),
        (f"{OURS}/hours.csv?beganFrom=first", (400, "DAY_UNREADABLE")),
        (f"{OURS}/hours.csv?beganFrom=2026-01-02", (400, "BEGINNING_IS_NO_QUARTER")),
        (f"{OURS}/hours.csv?department=%00", (400, "PART_UNUSABLE")),
        (f"{OURS}/hours.csv?departement=Sales", (400, "BAD_REQUEST")),
        (f"{OURS}/hours.csv?asOf=2026-01-31&asOf=2026-01-31", (400, "BAD_REQUEST")),
        (f"{OURS}/hours.csv?department=%ff", (400, "BAD_REQUEST")),
    ],
)
def test_rubbish_is_refused_by_name(there: There, path: str, refused: tuple[int, str]) -> None:
    assert code(there.get(path)) == refused


def test_nothing_is_told_without_a_token_nor_in_another_way(there: There) -> None:
    with httpx.Client(base_url=there.served.url) as client:
        nobody = client.get(f"{OURS}/hours.csv")
        posted = client.post(f"{OURS}/hours.csv", headers=there.served.authorization())
    assert code(nobody) == (401, "UNAUTHENTICATED")
    assert nobody.headers["www-authenticate"] == 'Bearer realm="chiron"'
    assert code(posted) == (405, "METHOD_NOT_ALLOWED")
    assert posted.headers["allow"] == "GET"


def test_what_is_not_shown_yet_is_not_told_to_be_nothing(there: There) -> None:
    program = ProgramId(uuid4())
    happened(there.store, program, Drafted(name="New"))
    path = f"/reports/{global_id('Program', program)}/hours.csv"
    assert code(there.get(path)) == (503, "STALE")
    runner.catch_up(there.database, there.store, catalogue.ALL)
    assert there.get(path).status_code == 200


def test_what_cannot_be_read_in_time_is_refused_by_name(
    there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_files, "STATEMENT_SECONDS", 0.05)
    with connect(there.database) as other, other.transaction():
        other.execute("LOCK TABLE meetings")
        assert code(there.get(f"{OURS}/hours.csv")) == (503, "TIMEOUT")
    assert there.get(f"{OURS}/hours.csv").status_code == 200


def _many(connection: psycopg.Connection[Any], _: ReportScope) -> Iterator[Row]:
    yield from ((number, "x" * 1_000) for number in range(50_000))


def _breaking(connection: psycopg.Connection[Any], scope: ReportScope) -> Iterator[Row]:
    yield from _many(connection, scope)
    raise ValueError(scope)


def _bug(_: psycopg.Connection[Any], scope: ReportScope) -> Iterator[Row]:
    raise ValueError(scope)


COLUMNS: Final = (Column("n", "N", Kind.COUNT), Column("x", "X", Kind.TEXT))
PLANTED: Final = {
    name: Report(name, name, "", COLUMNS, rows)
    for name, rows in (("many", _many), ("breaking", _breaking), ("bug", _bug))
}


@pytest.fixture
def planted(there: There, monkeypatch: pytest.MonkeyPatch) -> There:
    """With reports of fifty megabytes, of which one breaks off and one does not even begin."""
    monkeypatch.setattr(report_files.ReportFiles, "reports", {**FILED, **PLANTED})
    return there


def test_what_is_large_comes_whole(planted: There) -> None:
    response = planted.get(f"{OURS}/many.csv")
    assert response.text.count("\r\n") == 50_001


def test_what_breaks_off_is_not_taken_for_the_whole(planted: There) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        planted.get(f"{OURS}/breaking.csv")


def test_a_bug_is_masked(planted: There) -> None:
    response = planted.get(f"{OURS}/bug.csv")
    assert code(response) == (500, "INTERNAL")
    assert "Scope" not in response.text


def _left(there: There, name: str) -> None:
    """Somebody who asks, and reads no further than the head."""
    with socket.create_connection(there.address) as asking:
        asking.sendall(there.request(f"{OURS}/{name}.csv"))
        asking.recv(1_000)


def test_who_goes_away_holds_nothing(planted: There) -> None:
    """All that may be made at once, and more."""
    for _ in range(3 * report_files.AT_ONCE):
        _left(planted, "many")
    assert planted.get(f"{OURS}/hours.csv").status_code == 200


def test_who_reads_no_further_is_cut_off(planted: There, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_files, "STALLED_SECONDS", 0.01)
    with ExitStack() as stack:
        for _ in range(report_files.AT_ONCE):
            asking = stack.enter_context(socket.create_connection(planted.address))
            asking.sendall(planted.request(f"{OURS}/many.csv"))
            asking.recv(1_000)
        assert planted.get(f"{OURS}/hours.csv").status_code == 200
