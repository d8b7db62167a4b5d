"""What a programme's audience asks of people, and what they say of themselves, as it was at any moment.

Text is kept folded, as audiences compare it. Who is erased was there, and nothing else is known of them.
"""

from typing import Any, Final, assert_never
from uuid import UUID

from domain.participant import (
    AvailabilitySet,
    CompetencyNoLongerSought,
    CompetencyOffered,
    CompetencyOfferWithdrawn,
    CompetencySought,
    Erased,
    GuestInvited,
    Left,
    ListedAsExpert,
    ProfileDescribed,
    RecordSynced,
    Registered,
    Returned,
    UnlistedAsExpert,
)
from domain.store import RecordedEvent
from projections.statements import Statements, jsonb, known

DDL: Final = """
CREATE TABLE people_as_of (
    participant_id uuid   NOT NULL,
    position       bigint NOT NULL,
    at             timestamptz NOT NULL,
    until          timestamptz,
    active         boolean NOT NULL DEFAULT true,
    guest          boolean NOT NULL DEFAULT false,
    expert         boolean NOT NULL DEFAULT false,
    has_manager    boolean NOT NULL DEFAULT false,
    accepting      boolean NOT NULL DEFAULT true,
    hours_a_month  int,
    job_title      text,
    department     text,
    location       text,
    time_zone      text,
    languages      text[] NOT NULL DEFAULT '{}',
    offered        text[] NOT NULL DEFAULT '{}',
    sought         text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (participant_id, position)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX people_as_of_now ON people_as_of (participant_id) WHERE until IS NULL;

CREATE TABLE people_stated (
    participant_id uuid   NOT NULL,
    position       bigint NOT NULL,
    at             timestamptz NOT NULL,
    until          timestamptz,
    answers        jsonb,
    PRIMARY KEY (participant_id, position)
);
CREATE UNIQUE INDEX people_stated_now ON people_stated (participant_id) WHERE until IS NULL;
"""
TABLES: Final = ("people_as_of", "people_stated")

KEPT: Final = (
    "active", "guest", "expert", "has_manager", "accepting", "hours_a_month", "job_title", "department",
    "location", "time_zone", "languages", "offered", "sought",
)  # fmt: skip


_ANEW: Final = """
WITH before AS (
    UPDATE people_as_of SET until = %(at)s WHERE participant_id = %(person)s AND until IS NULL RETURNING *)
INSERT INTO people_as_of (participant_id, position, at, {columns})
SELECT participant_id, %(position)s, %(at)s, {values} FROM before
"""


def _anew(**changed: str) -> str:
    """A row that follows the one before: only what is said to have `changed` differs."""
    values = ", ".join(changed.get(column, column) for column in KEPT)
    return _ANEW.format(columns=", ".join(KEPT), values=values)


def _where_said(column: str, kind: str, field: str = "") -> str:
    said = field or column
    return f"CASE WHEN '{said}' = ANY (%(said)s::text[]) THEN %({column})s::{kind} ELSE {column} END"


REGISTERED: Final = """
INSERT INTO people_as_of (participant_id, position, at) VALUES (%(person)s, %(position)s, %(at)s)
ON CONFLICT (participant_id) WHERE until IS NULL DO NOTHING
"""
SYNCED: Final = _anew(
    **{name: _where_said(name, "text") for name in ("job_title", "department", "location", "time_zone")},
    languages=_where_said("languages", "text[]"),
    has_manager=_where_said("has_manager", "boolean", "manager"),
)
DESCRIBED: Final = _anew(
    time_zone=_where_said("time_zone", "text"), languages=_where_said("languages", "text[]")
)
OFFERED: Final = _anew(offered="array_append(array_remove(offered, %(word)s::text), %(word)s::text)")
OFFER_WITHDRAWN: Final = _anew(offered="array_remove(offered, %(word)s::text)")
SOUGHT: Final = _anew(sought="array_append(array_remove(sought, %(word)s::text), %(word)s::text)")
NO_LONGER_SOUGHT: Final = _anew(sought="array_remove(sought, %(word)s::text)")
AVAILABLE: Final = _anew(hours_a_month="%(hours)s::int", accepting="%(accepting)s::boolean")
EXPERT: Final = _anew(expert="%(is)s::boolean")
GUEST: Final = _anew(guest="true")
ACTIVE: Final = _anew(active="%(is)s::boolean")

STATED_BEFORE: Final = """
UPDATE people_stated SET until = %(at)s WHERE participant_id = %(person)s AND until IS NULL
"""
STATED: Final = """
INSERT INTO people_stated (participant_id, position, at, answers)
VALUES (%(person)s, %(position)s, %(at)s, %(answers)s)
"""
ERASED: Final = (
    """
UPDATE people_as_of
   SET expert = false, has_manager = false, accepting = true, hours_a_month = NULL, job_title = NULL,
       department = NULL, location = NULL, time_zone = NULL, languages = '{}', offered = '{}', sought = '{}'
 WHERE participant_id = %(person)s
""",
    "DELETE FROM people_stated WHERE participant_id = %(person)s",
)

PersonEvent = (
    Registered | RecordSynced | ProfileDescribed | CompetencyOffered | CompetencyOfferWithdrawn
    | CompetencySought | CompetencyNoLongerSought | AvailabilitySet | ListedAsExpert | UnlistedAsExpert
    | GuestInvited | Left | Returned | Erased
)  # fmt: skip
_Competency = CompetencyOffered | CompetencyOfferWithdrawn | CompetencySought | CompetencyNoLongerSought
_COMPETENCIES: Final[dict[type[_Competency], str]] = {
    CompetencyOffered: OFFERED,
    CompetencyOfferWithdrawn: OFFER_WITHDRAWN,
    CompetencySought: SOUGHT,
    CompetencyNoLongerSought: NO_LONGER_SOUGHT,
}


def project(sql: Statements, recorded: RecordedEvent, event: PersonEvent) -> None:
    seen = {"person": recorded.stream_id, "at": recorded.recorded_at, "position": recorded.position}
    match event:
        case Registered():
            sql.execute(REGISTERED, seen)
        case RecordSynced():
            sql.execute(SYNCED, {**seen, **_synced(event)})
        case ProfileDescribed():
            _describe(sql, event, seen)
        case (
            CompetencyOffered() | CompetencyOfferWithdrawn() | CompetencySought() | CompetencyNoLongerSought()
        ):
            sql.execute(_COMPETENCIES[type(event)], {**seen, "word": event.competency.casefold()})
        case AvailabilitySet():
            said = {"hours": event.hours_a_month, "accepting": event.accepting}
            sql.execute(AVAILABLE, {**seen, **said})
        case ListedAsExpert() | UnlistedAsExpert():
            sql.execute(EXPERT, {**seen, "is": isinstance(event, ListedAsExpert)})
        case GuestInvited():
            sql.execute(GUEST, seen)
        case Left() | Returned():
            sql.execute(ACTIVE, {**seen, "is": isinstance(event, Returned)})
        case Erased():
            _erase(sql, seen)
        case _:
            assert_never(event)


def _synced(event: RecordSynced) -> dict[str, Any]:
    texts = {name: getattr(event, name) for name in ("job_title", "department", "location", "time_zone")}
    return {
        "said": list(event.changed),
        **{name: folded(text) for name, text in texts.items()},
        "languages": [tag.casefold() for tag in event.languages],
        "has_manager": event.manager is not None,
    }


def folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _describe(sql: Statements, event: ProfileDescribed, seen: dict[str, Any]) -> None:
    if {"time_zone", "languages"} & set(event.changed):
        zone, languages = folded(event.time_zone), [tag.casefold() for tag in event.languages]
        said = {"said": list(event.changed), "time_zone": zone, "languages": languages}
        sql.execute(DESCRIBED, {**seen, **said})
    if "demographics" in event.changed:
        answers = known(event.demographics)
        sql.execute(STATED_BEFORE, seen)
        sql.execute(STATED, {**seen, "answers": jsonb(dict(answers)) if answers else None})


def _erase(sql: Statements, seen: dict[str, UUID | Any]) -> None:
    sql.execute(ACTIVE, {**seen, "is": False})
    for statement in ERASED:
        sql.execute(statement, {"person": seen["person"]})
