"""Whose history there is to take along, and up to where it is known."""

from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection

RELATIONSHIPS: Final = """
SELECT w.mentorship_id
  FROM mentorships w
 WHERE EXISTS (SELECT FROM mentorship_members v
                WHERE v.mentorship_id = w.mentorship_id AND v.participant_id = %(person)s)
 ORDER BY w.began_position
"""
SHOWN: Final = "SELECT position FROM projections WHERE name = 'history'"


async def relationships_of(connection: AsyncConnection[Any], person: UUID) -> list[UUID]:
    """All that the person is in or has been in, in the order they began."""
    return [found async for (found,) in await connection.execute(RELATIONSHIPS, {"person": person})]


async def shown(connection: AsyncConnection[Any]) -> int:
    """The position that the history is kept up to."""
    ((position,),) = await (await connection.execute(SHOWN)).fetchall()
    return int(position)
