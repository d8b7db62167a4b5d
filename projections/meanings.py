"""The vector of every word that competencies are called by, whether the catalogue knows it or only a person.

A read model of its own: the catalogue can be made anew without computing them again, and another model of
meaning is another version of this one. A word is nobody's: who named it does not stand here.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, assert_never, get_args

import psycopg

from domain.competency import Defined, Described, SynonymsSet
from domain.participant import CompetencyOffered, CompetencySought
from domain.profile import key_of
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements

DDL: Final = """
CREATE TABLE meanings (
    key    text  PRIMARY KEY,
    vector bytea NOT NULL
);
"""
MEANS: Final = "INSERT INTO meanings (key, vector) VALUES (%(key)s, %(vector)s) ON CONFLICT (key) DO NOTHING"
KEPT: Final = "SELECT key, vector FROM meanings WHERE key = ANY (%(keys)s)"

Naming = Defined | Described | SynonymsSet | CompetencyOffered | CompetencySought


def kept(connection: psycopg.Connection, keys: Sequence[str]) -> dict[str, bytes]:
    """Of those that have been computed already."""
    return dict(connection.execute(KEPT, {"keys": list(keys)}).fetchall())


@lru_cache(maxsize=20_000)
def _vector(key: str) -> bytes:
    from projections import meaning  # noqa: PLC0415 numpy and the model are for who keeps this read model

    return meaning.packed(meaning.embed([key]))


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event: Naming = recorded.event  # type: ignore[assignment]  # PROJECTION.names are this union's
    for key in {key_of(word): None for word in _words(event)}:
        sql.execute(MEANS, {"key": key, "vector": _vector(key)})


def _words(event: Naming) -> Sequence[str]:
    match event:
        case Defined(label=label, synonyms=synonyms):
            return (label, *synonyms)
        case SynonymsSet(synonyms=synonyms):
            return synonyms
        case Described(label=label):
            return (label,)
        case CompetencyOffered(competency=competency) | CompetencySought(competency=competency):
            return (competency,)
        case _:
            assert_never(event)


PROJECTION: Final = Projection(
    name="meanings",
    version=1,
    ddl=DDL,
    tables=("meanings",),
    names=frozenset(kind.event_name for kind in get_args(Naming)),
    apply=project,
)
"""Its version rises with the model: vectors of one mean nothing to another."""
