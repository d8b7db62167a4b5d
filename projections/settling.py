"""Settling what is over: its figures are kept while no batch of facts can pass that would take them away."""

from typing import Any, Final

import psycopg

from projections import accountability
from projections.settled import DUE, READ, RECIPE, SETTLE

MODELS: Final = (accountability.PROJECTION, *READ)
HOLD: Final = """
SELECT position FROM projections WHERE name = %(name)s AND version = %(version)s FOR UPDATE
"""
AS_FAR: Final = """
SELECT count(*) FROM projections p
  JOIN unnest(%(names)s::text[], %(versions)s::int[]) AS r (name, version) USING (name, version)
 WHERE p.position >= %(position)s
"""
FORGET: Final = "DELETE FROM measure_settled WHERE recipe <> %(recipe)s"

Connection = psycopg.Connection[Any]


def settle(connection: Connection, limit: int) -> int:
    """How many were settled, of at most so many; none while a read model is behind or of another release."""
    asked = {"recipe": RECIPE, "read": [one.name for one in MODELS], "limit": limit}
    if not _stand(connection) or not connection.execute(DUE, {**asked, "limit": 1}).fetchone():
        return 0
    with connection.transaction():
        return connection.execute(SETTLE, asked).rowcount if _stand(connection) else 0


def _stand(connection: Connection) -> bool:
    """Whether all are of this release and none is behind; in a transaction the facts wait for its end."""
    kept = accountability.PROJECTION
    held = connection.execute(HOLD, {"name": kept.name, "version": kept.version}).fetchone()
    if held is None:
        return False
    names, versions = [one.name for one in READ], [one.version for one in READ]
    found = connection.execute(AS_FAR, {"names": names, "versions": versions, "position": held[0]})
    return found.fetchone() == (len(READ),)


def forget(connection: Connection) -> None:
    """What other releases have settled: while they still run, they settle it again."""
    connection.execute(FORGET, {"recipe": RECIPE})
