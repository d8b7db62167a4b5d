"""Who is who: every participant as the record and they themself describe them, what they offer and seek."""

from collections.abc import Mapping
from typing import Any, Final, assert_never, get_args

from domain.participant import (
    AvailabilitySet,
    AvoidanceLifted,
    CompetencyNoLongerSought,
    CompetencyOffered,
    CompetencyOfferWithdrawn,
    CompetencySought,
    ConsentGiven,
    ConsentWithdrawn,
    Erased,
    GuestInvited,
    Left,
    ListedAsExpert,
    ParticipantEvent,
    PersonAvoided,
    ProfileDescribed,
    RecordSynced,
    Registered,
    Returned,
    UnlistedAsExpert,
)
from domain.preferences import NotificationsPreferred
from domain.profile import SELF
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, jsonb, known

DDL: Final = """
CREATE TABLE profiles (
    participant_id  uuid PRIMARY KEY,
    name            text,
    email           text,
    external_id     text,
    job_title       text,
    department      text,
    location        text,
    time_zone       text,
    languages       text[]  NOT NULL DEFAULT '{}',
    manager_id      uuid,
    biography       text,
    work_history    jsonb,
    contact         jsonb,
    demographics    jsonb,
    hours_a_month   int,
    accepting       boolean NOT NULL DEFAULT true,
    available_until date,
    status          text    NOT NULL CHECK (status IN ('active', 'left', 'erased')),
    source          text,
    field_sources   jsonb   NOT NULL DEFAULT '{}',
    expert_headline text,
    expert_topics   text[],
    registered_at   timestamptz NOT NULL,
    left_at         timestamptz,
    version         bigint  NOT NULL,
    position        bigint  NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX profiles_by_name ON profiles (coalesce(name, ''), participant_id);
CREATE INDEX profiles_by_registration ON profiles (registered_at, participant_id);
CREATE INDEX profiles_by_manager ON profiles (manager_id) WHERE manager_id IS NOT NULL;
CREATE INDEX profiles_by_department ON profiles (department);
CREATE INDEX profiles_by_location ON profiles (location);

CREATE TABLE competency_offers (
    participant_id uuid NOT NULL,
    competency     text NOT NULL,
    level          int  NOT NULL,
    PRIMARY KEY (participant_id, competency)
);
CREATE INDEX competency_offers_by_competency ON competency_offers (lower(competency), participant_id);

CREATE TABLE competency_wishes (
    participant_id uuid NOT NULL,
    competency     text NOT NULL,
    level          int  NOT NULL,
    priority       int  NOT NULL,
    PRIMARY KEY (participant_id, competency)
);
CREATE INDEX competency_wishes_by_competency ON competency_wishes (lower(competency), participant_id);

CREATE TABLE avoidances (
    participant_id uuid NOT NULL,
    person_id      uuid NOT NULL,
    PRIMARY KEY (participant_id, person_id)
);
CREATE INDEX avoidances_by_person ON avoidances (person_id);

CREATE TABLE consents (
    participant_id uuid        NOT NULL,
    policy         text        NOT NULL,
    version        int         NOT NULL,
    given_at       timestamptz NOT NULL,
    withdrawn_at   timestamptz,
    PRIMARY KEY (participant_id, policy)
);
"""

REGISTERED: Final = """
INSERT INTO profiles (participant_id, name, email, external_id, source, field_sources, status, registered_at,
                      version, position)
VALUES (%(person)s, %(name)s, %(email)s, %(external_id)s, %(source)s, %(field_sources)s, 'active', %(at)s,
        %(version)s, %(position)s)
ON CONFLICT (participant_id) DO NOTHING
"""
SYNCED: Final = """
UPDATE profiles
   SET name         = CASE WHEN 'name'         = ANY (%(said)s) THEN %(name)s         ELSE name         END,
       email        = CASE WHEN 'email'        = ANY (%(said)s) THEN %(email)s        ELSE email        END,
       job_title    = CASE WHEN 'job_title'    = ANY (%(said)s) THEN %(job_title)s    ELSE job_title    END,
       department   = CASE WHEN 'department'   = ANY (%(said)s) THEN %(department)s   ELSE department   END,
       location     = CASE WHEN 'location'     = ANY (%(said)s) THEN %(location)s     ELSE location     END,
       time_zone    = CASE WHEN 'time_zone'    = ANY (%(said)s) THEN %(time_zone)s    ELSE time_zone    END,
       languages    = CASE WHEN 'languages'    = ANY (%(said)s) THEN %(languages)s    ELSE languages    END,
       manager_id   = CASE WHEN 'manager'      = ANY (%(said)s) THEN %(manager)s      ELSE manager_id   END,
       work_history = CASE WHEN 'work_history' = ANY (%(said)s) THEN %(work_history)s ELSE work_history END,
       field_sources = field_sources || %(field_sources)s
 WHERE participant_id = %(person)s
"""
# A field whose statement is taken back is nobody's word, until the record says it again.
DESCRIBED: Final = """
UPDATE profiles
   SET time_zone    = CASE WHEN 'time_zone'    = ANY (%(said)s) THEN %(time_zone)s    ELSE time_zone    END,
       languages    = CASE WHEN 'languages'    = ANY (%(said)s) THEN %(languages)s    ELSE languages    END,
       work_history = CASE WHEN 'work_history' = ANY (%(said)s) THEN %(work_history)s ELSE work_history END,
       biography    = CASE WHEN 'biography'    = ANY (%(said)s) THEN %(biography)s    ELSE biography    END,
       contact      = CASE WHEN 'contact'      = ANY (%(said)s) THEN %(contact)s      ELSE contact      END,
       demographics = CASE WHEN 'demographics' = ANY (%(said)s) THEN %(demographics)s ELSE demographics END,
       field_sources = (field_sources - %(said)s::text[]) || %(field_sources)s
 WHERE participant_id = %(person)s
"""
OFFERED: Final = """
INSERT INTO competency_offers (participant_id, competency, level)
VALUES (%(person)s, %(competency)s, %(level)s)
ON CONFLICT (participant_id, competency) DO UPDATE SET level = excluded.level
"""
OFFER_WITHDRAWN: Final = """
DELETE FROM competency_offers WHERE participant_id = %(person)s AND competency = %(competency)s
"""
SOUGHT: Final = """
INSERT INTO competency_wishes (participant_id, competency, level, priority)
VALUES (%(person)s, %(competency)s, %(level)s, %(priority)s)
ON CONFLICT (participant_id, competency) DO UPDATE SET level = excluded.level, priority = excluded.priority
"""
NO_LONGER_SOUGHT: Final = """
DELETE FROM competency_wishes WHERE participant_id = %(person)s AND competency = %(competency)s
"""
AVAILABLE: Final = """
UPDATE profiles SET hours_a_month = %(hours_a_month)s, accepting = %(accepting)s, available_until = %(until)s
 WHERE participant_id = %(person)s
"""
AVOIDED: Final = """
INSERT INTO avoidances (participant_id, person_id) VALUES (%(person)s, %(avoided)s) ON CONFLICT DO NOTHING
"""
AVOIDANCE_LIFTED: Final = (
    "DELETE FROM avoidances WHERE participant_id = %(person)s AND person_id = %(avoided)s"
)
EXPERT: Final = """
UPDATE profiles SET expert_headline = %(headline)s, expert_topics = %(topics)s
 WHERE participant_id = %(person)s
"""
CONSENTED: Final = """
INSERT INTO consents (participant_id, policy, version, given_at)
VALUES (%(person)s, %(policy)s, %(consent)s, %(at)s)
ON CONFLICT (participant_id, policy)
DO UPDATE SET version = excluded.version, given_at = excluded.given_at, withdrawn_at = NULL
"""
CONSENT_WITHDRAWN: Final = """
UPDATE consents SET withdrawn_at = %(at)s WHERE participant_id = %(person)s AND policy = %(policy)s
"""
STATUS: Final = """
UPDATE profiles SET status = %(status)s, left_at = %(left_at)s WHERE participant_id = %(person)s
"""
SEEN: Final = """
UPDATE profiles SET version = %(version)s, position = %(position)s WHERE participant_id = %(person)s
"""
# Nothing that describes the person stays, whether it was encrypted or not.
ERASED_PROFILE: Final = """
UPDATE profiles
   SET name = NULL, email = NULL, external_id = NULL, job_title = NULL, department = NULL, location = NULL,
       time_zone = NULL, languages = '{}', manager_id = NULL, biography = NULL, work_history = NULL,
       contact = NULL, demographics = NULL, hours_a_month = NULL, accepting = false, available_until = NULL,
       source = NULL, field_sources = '{}', expert_headline = NULL, expert_topics = NULL, status = 'erased'
 WHERE participant_id = %(person)s
"""
ERASED_LISTS: Final = (
    "DELETE FROM competency_offers WHERE participant_id = %(person)s",
    "DELETE FROM competency_wishes WHERE participant_id = %(person)s",
    "DELETE FROM avoidances WHERE participant_id = %(person)s",
    "DELETE FROM consents WHERE participant_id = %(person)s",
)


def project(sql: Statements, recorded: RecordedEvent) -> None:
    person = recorded.stream_id
    event: ParticipantEvent = recorded.event  # type: ignore[assignment]  # PROJECTION.names are this union's
    match event:
        case Registered():
            sql.execute(REGISTERED, _registered(event, recorded))
        case RecordSynced():
            sql.execute(SYNCED, {"person": person, **_synced(event)})
        case ProfileDescribed():
            sql.execute(DESCRIBED, {"person": person, **_described(event)})
        case CompetencyOffered(competency=competency, level=level):
            sql.execute(OFFERED, {"person": person, "competency": competency, "level": level})
        case CompetencyOfferWithdrawn(competency=competency):
            sql.execute(OFFER_WITHDRAWN, {"person": person, "competency": competency})
        case CompetencySought(competency=competency, level=level, priority=priority):
            wish = {"person": person, "competency": competency, "level": level, "priority": priority}
            sql.execute(SOUGHT, wish)
        case CompetencyNoLongerSought(competency=competency):
            sql.execute(NO_LONGER_SOUGHT, {"person": person, "competency": competency})
        case AvailabilitySet():
            sql.execute(AVAILABLE, {"person": person, **event.model_dump()})
        case PersonAvoided(person=avoided):
            sql.execute(AVOIDED, {"person": person, "avoided": avoided})
        case AvoidanceLifted(person=avoided):
            sql.execute(AVOIDANCE_LIFTED, {"person": person, "avoided": avoided})
        case ListedAsExpert(headline=headline, topics=topics):
            sql.execute(EXPERT, {"person": person, "headline": known(headline), "topics": list(topics)})
        case UnlistedAsExpert():
            sql.execute(EXPERT, {"person": person, "headline": None, "topics": None})
        case GuestInvited() | NotificationsPreferred():
            pass  # the directory and the preferences show it
        case ConsentGiven(policy=policy, version=consent):
            given = {"person": person, "policy": policy, "consent": consent, "at": recorded.recorded_at}
            sql.execute(CONSENTED, given)
        case ConsentWithdrawn(policy=policy):
            sql.execute(CONSENT_WITHDRAWN, {"person": person, "policy": policy, "at": recorded.recorded_at})
        case Left():
            sql.execute(STATUS, {"person": person, "status": "left", "left_at": recorded.recorded_at})
        case Returned():
            sql.execute(STATUS, {"person": person, "status": "active", "left_at": None})
        case Erased():
            for statement in (ERASED_PROFILE, *ERASED_LISTS):
                sql.execute(statement, {"person": person})
        case _:
            assert_never(event)
    sql.execute(SEEN, {"person": person, "version": recorded.version, "position": recorded.position})


def _registered(event: Registered, recorded: RecordedEvent) -> dict[str, Any]:
    said = {"name": event.name, "email": event.email, "external_id": event.external_id}
    return {
        "person": recorded.stream_id,
        **{field: known(value) for field, value in said.items()},
        "source": event.source,
        "field_sources": jsonb({field: event.source for field, value in said.items() if value is not None}),
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }


def _synced(event: RecordSynced) -> dict[str, Any]:
    return {
        "said": list(event.changed),
        "name": known(event.name),
        "email": known(event.email),
        "job_title": event.job_title,
        "department": event.department,
        "location": event.location,
        "time_zone": event.time_zone,
        "languages": list(event.languages),
        "manager": event.manager,
        "work_history": _json(event.work_history),
        "field_sources": jsonb(dict.fromkeys(event.changed, event.source)),
    }


def _described(event: ProfileDescribed) -> dict[str, Any]:
    stated = [field for field in event.changed if getattr(event, field)]
    return {
        "said": list(event.changed),
        "time_zone": event.time_zone,
        "languages": list(event.languages),
        "work_history": _json(event.work_history),
        "biography": known(event.biography),
        "contact": _json(event.contact),
        "demographics": _json(event.demographics),
        "field_sources": jsonb(dict.fromkeys(stated, SELF)),
    }


def _json(value: Any) -> Any:
    """Value objects as JSON; what is erased or empty is NULL."""
    value = known(value)
    if not value:
        return None
    if isinstance(value, tuple):
        return jsonb([part.model_dump(mode="json", exclude_none=True) for part in value])
    return jsonb(
        dict(value) if isinstance(value, Mapping) else value.model_dump(mode="json", exclude_none=True)
    )


PROJECTION: Final = Projection(
    name="profiles",
    version=2,
    ddl=DDL,
    tables=("profiles", "competency_offers", "competency_wishes", "avoidances", "consents"),
    names=frozenset(kind.event_name for kind in get_args(ParticipantEvent)),
    apply=project,
)
