"""The catalogue of competencies as it stands: each entry, and the words by which it is found."""

import re
from collections.abc import Iterable
from typing import Final, assert_never, get_args
from uuid import UUID

from domain.competency import (
    CompetencyEvent,
    Defined,
    Described,
    Linked,
    Moved,
    Restored,
    Retired,
    SynonymsSet,
    Unlinked,
)
from domain.profile import key_of
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, jsonb

DDL: Final = """
CREATE TABLE competencies (
    competency_id uuid    PRIMARY KEY,
    label         text    NOT NULL,
    synonyms      text[]  NOT NULL,
    parent_id     uuid,
    external_ids  jsonb   NOT NULL,
    retired       boolean NOT NULL DEFAULT false,
    defined_at    timestamptz NOT NULL,
    version       bigint  NOT NULL,
    position      bigint  NOT NULL
);
CREATE INDEX competencies_by_label ON competencies (label, competency_id);
CREATE INDEX competencies_by_parent ON competencies (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE competency_words (
    competency_id uuid    NOT NULL,
    synonym       boolean NOT NULL,
    key           text    NOT NULL,
    trigrams      text[]  NOT NULL,
    PRIMARY KEY (competency_id, synonym, key)
);
CREATE INDEX competency_words_by_key ON competency_words (key, synonym, competency_id);
CREATE INDEX competency_words_by_trigrams ON competency_words USING gin (trigrams);
"""

DEFINED: Final = """
INSERT INTO competencies (competency_id, label, synonyms, parent_id, external_ids, defined_at,
                          version, position)
VALUES (%(competency)s, %(label)s, %(synonyms)s, %(parent)s, %(external_ids)s, %(at)s,
        %(version)s, %(position)s)
ON CONFLICT (competency_id) DO UPDATE
   SET label = excluded.label, synonyms = excluded.synonyms, parent_id = excluded.parent_id,
       external_ids = excluded.external_ids
"""
DESCRIBED: Final = "UPDATE competencies SET label = %(label)s WHERE competency_id = %(competency)s"
SYNONYMS_SET: Final = "UPDATE competencies SET synonyms = %(synonyms)s WHERE competency_id = %(competency)s"
MOVED: Final = "UPDATE competencies SET parent_id = %(parent)s WHERE competency_id = %(competency)s"
LINKED: Final = """
UPDATE competencies SET external_ids = external_ids || %(external_ids)s WHERE competency_id = %(competency)s
"""
UNLINKED: Final = """
UPDATE competencies SET external_ids = external_ids - %(scheme)s::text WHERE competency_id = %(competency)s
"""
RETIRED: Final = "UPDATE competencies SET retired = %(retired)s WHERE competency_id = %(competency)s"
SEEN: Final = """
UPDATE competencies SET version = %(version)s, position = %(position)s WHERE competency_id = %(competency)s
"""
WORDS_FORGOTTEN: Final = """
DELETE FROM competency_words WHERE competency_id = %(competency)s AND synonym = %(synonym)s
"""
WORD: Final = """
INSERT INTO competency_words (competency_id, synonym, key, trigrams)
SELECT competency_id, %(synonym)s, %(key)s, %(trigrams)s
  FROM competencies WHERE competency_id = %(competency)s
ON CONFLICT (competency_id, synonym, key) DO NOTHING
"""
TAKEN: Final = """
SELECT key FROM competency_words WHERE key = ANY (%(keys)s) AND competency_id <> %(competency)s
"""
"""Which of the keys mean another entry."""


def trigrams(key: str) -> list[str]:
    """Each run of three characters, word by word, as pg_trgm has them: like spellings share many."""
    words = [f"  {word} " for word in re.findall(r"[\w+#]+", key)]
    return sorted({word[at : at + 3] for word in words for at in range(len(word) - 2)})


def project(sql: Statements, recorded: RecordedEvent) -> None:
    competency = recorded.stream_id
    event: CompetencyEvent = recorded.event  # type: ignore[assignment]  # PROJECTION.names are this union's
    match event:
        case Defined():
            _define(sql, event, recorded)
        case Described(label=label):
            sql.execute(DESCRIBED, {"competency": competency, "label": label})
            _call(sql, competency, [label], synonym=False)
        case SynonymsSet(synonyms=synonyms):
            sql.execute(SYNONYMS_SET, {"competency": competency, "synonyms": list(synonyms)})
            _call(sql, competency, synonyms, synonym=True)
        case Moved(parent=parent):
            sql.execute(MOVED, {"competency": competency, "parent": parent})
        case Linked(scheme=scheme, external_id=external_id):
            sql.execute(LINKED, {"competency": competency, "external_ids": jsonb({scheme: external_id})})
        case Unlinked(scheme=scheme):
            sql.execute(UNLINKED, {"competency": competency, "scheme": scheme})
        case Retired():
            sql.execute(RETIRED, {"competency": competency, "retired": True})
        case Restored():
            sql.execute(RETIRED, {"competency": competency, "retired": False})
        case _:
            assert_never(event)
    sql.execute(SEEN, {"competency": competency, "version": recorded.version, "position": recorded.position})


def _define(sql: Statements, event: Defined, recorded: RecordedEvent) -> None:
    entry = {
        "competency": recorded.stream_id,
        "label": event.label,
        "synonyms": list(event.synonyms),
        "parent": event.parent,
        "external_ids": jsonb(event.external_ids),
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    sql.execute(DEFINED, entry)
    _call(sql, recorded.stream_id, [event.label], synonym=False)
    _call(sql, recorded.stream_id, event.synonyms, synonym=True)


def _call(sql: Statements, competency: UUID, words: Iterable[str], *, synonym: bool) -> None:
    """By these words it is found from now on."""
    called = {"competency": competency, "synonym": synonym}
    sql.execute(WORDS_FORGOTTEN, called)
    for key in map(key_of, words):
        sql.execute(WORD, {**called, "key": key, "trigrams": trigrams(key)})


PROJECTION: Final = Projection(
    name="competencies",
    version=1,
    ddl=DDL,
    tables=("competencies", "competency_words"),
    names=frozenset(kind.event_name for kind in get_args(CompetencyEvent)),
    apply=project,
)
