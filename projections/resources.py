"""Documents and links as they stand: who shared what, how it is described, and who may find it."""

from typing import Any, Final, assert_never, get_args
from uuid import UUID

from domain.participant import Erased
from domain.resource import Described, DocumentShared, LinkShared, Published, ResourceEvent, Withdrawn
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, known

# `blob` stays where the content is gone: by it the collector knows whose content to destroy.
DDL: Final = """
CREATE TABLE resources (
    resource_id     uuid   PRIMARY KEY,
    mentorship_id   uuid   NOT NULL,
    kind            text   NOT NULL CHECK (kind IN ('document', 'link')),
    state           text   NOT NULL CHECK (state IN ('shared', 'withdrawn', 'erased')),
    shared_by       uuid   NOT NULL,
    name            text,
    title           text,
    description     text,
    described_by    uuid,
    topics          text[] NOT NULL DEFAULT '{}',
    url             text,
    media_type      text,
    bytes           bigint,
    sha256          text,
    blob            text,
    audience        text   NOT NULL DEFAULT 'members' CHECK (audience IN ('members', 'program', 'directory')),
    named           boolean NOT NULL DEFAULT false,
    shared_at       timestamptz NOT NULL,
    published_at    timestamptz,
    withdrawn_at    timestamptz,
    shared_position bigint NOT NULL,
    version         bigint NOT NULL,
    position        bigint NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX resources_by_sharing ON resources (shared_position);
CREATE INDEX resources_by_mentorship ON resources (mentorship_id, shared_position);
CREATE INDEX resources_by_person ON resources (shared_by);
CREATE INDEX resources_by_describing ON resources (described_by) WHERE described_by IS NOT NULL;
CREATE INDEX resources_by_blob ON resources (blob) WHERE blob IS NOT NULL;

CREATE TABLE resource_erased (participant_id uuid PRIMARY KEY);
"""

SHARED: Final = """
INSERT INTO resources (resource_id, mentorship_id, kind, state, shared_by, name, url, media_type, bytes,
                       sha256, blob, shared_at, shared_position, version, position)
VALUES (%(resource)s, %(mentorship)s, %(kind)s, 'shared', %(by)s, %(name)s, %(url)s, %(media_type)s,
        %(bytes)s, %(sha256)s, %(blob)s, %(at)s, %(position)s, %(version)s, %(position)s)
ON CONFLICT (resource_id) DO NOTHING
"""
DESCRIBED: Final = """
UPDATE resources
   SET title = %(title)s, description = %(description)s, described_by = %(by)s, topics = %(topics)s
 WHERE resource_id = %(resource)s
"""
PUBLISHED: Final = """
UPDATE resources SET audience = %(to)s, named = %(named)s, published_at = %(at)s
 WHERE resource_id = %(resource)s
"""
# Withdrawn or not, what an erased person shared is erased.
WITHDRAWN: Final = """
UPDATE resources
   SET state = CASE state WHEN 'erased' THEN state ELSE 'withdrawn' END, url = NULL, withdrawn_at = %(at)s
 WHERE resource_id = %(resource)s
"""
SEEN: Final = """
UPDATE resources SET version = %(version)s, position = %(position)s WHERE resource_id = %(resource)s
"""
ERASED: Final = """
INSERT INTO resource_erased (participant_id) VALUES (%(person)s) ON CONFLICT DO NOTHING
"""
CONTENT_CLEARED: Final = """
UPDATE resources SET state = 'erased', name = NULL, url = NULL
 WHERE shared_by = %(person)s AND EXISTS (SELECT FROM resource_erased WHERE participant_id = %(person)s)
"""
WORDS_CLEARED: Final = """
UPDATE resources SET title = NULL, description = NULL
 WHERE described_by = %(person)s AND EXISTS (SELECT FROM resource_erased WHERE participant_id = %(person)s)
"""


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, Erased):
        sql.execute(ERASED, {"person": recorded.stream_id})
        _clear(sql, recorded.stream_id)
    else:
        _project_resource(sql, recorded, event)  # type: ignore[arg-type]  # what PROJECTION.names leaves


def _clear(sql: Statements, person: UUID) -> None:
    """What they shared may follow their erasure in the log, and be readable until the key is gone."""
    for statement in (CONTENT_CLEARED, WORDS_CLEARED):
        sql.execute(statement, {"person": person})


def _project_resource(sql: Statements, recorded: RecordedEvent, event: ResourceEvent) -> None:
    seen: dict[str, Any] = {
        "resource": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case DocumentShared() | LinkShared():
            sql.execute(SHARED, {**seen, **_content(event)})
            _clear(sql, event.by)
        case Described():
            words = {"title": known(event.title), "description": known(event.description)}
            sql.execute(DESCRIBED, {**seen, **words, "by": event.by, "topics": list(event.topics)})
            _clear(sql, event.by)
        case Published():
            sql.execute(PUBLISHED, {**seen, "to": event.to, "named": event.named})
        case Withdrawn():
            sql.execute(WITHDRAWN, seen)
        case _:
            assert_never(event)
    sql.execute(SEEN, seen)


def _content(event: DocumentShared | LinkShared) -> dict[str, Any]:
    nothing = dict.fromkeys(("name", "url", "media_type", "bytes", "sha256", "blob"))
    said = {"mentorship": event.mentorship, "by": event.by}
    match event:
        case DocumentShared():
            told = event.model_dump(include={"media_type", "bytes", "sha256", "blob"})
            return {**nothing, **said, **told, "kind": "document", "name": known(event.name)}
        case LinkShared():
            return {**nothing, **said, "kind": "link", "name": known(event.title), "url": known(event.url)}
        case _:
            assert_never(event)


PROJECTION: Final = Projection(
    name="resources",
    version=1,
    ddl=DDL,
    tables=("resources", "resource_erased"),
    names=frozenset(event.event_name for event in (*get_args(ResourceEvent), Erased)),
    apply=project,
)
