"""How far every consumer has read, held against what the topic has for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import psycopg

from workers.publisher import EventStream, position_in

READ: Final = """
SELECT consumer, partition, position FROM consumer_positions WHERE topic = %(topic)s
"""
SECONDS: Final = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - recorded_at)), 0)::float8
  FROM events WHERE position = %(next)s
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """`last` is the position of the newest message in the partition; `seconds` is 0 where nothing waits.

    Messages of other partitions lie between the two positions, so `behind` is the most that can wait.
    """

    consumer: str
    partition: int
    read_to: int
    last: int
    seconds: float

    @property
    def behind(self) -> int:
        return max(0, self.last - self.read_to)


def last_positions(stream: EventStream) -> Mapping[int, int]:
    """Of every partition that holds something. Raises KafkaError."""
    found = stream.broker.last_values(stream.topic.name)
    return {partition: position_in(value) for partition, value in found.items() if value is not None}


def standings(
    connection: psycopg.Connection, topic: str, names: Sequence[str], last: Mapping[int, int]
) -> list[Standing]:
    """Of the consumers named, and of all that ever read the topic; by name and partition."""
    rows = connection.execute(READ, {"topic": topic}).fetchall()
    read: dict[tuple[str, int], int] = {(name, partition): position for name, partition, position in rows}
    consumers = {*names, *(name for name, _ in read)}
    places = sorted({*read, *((name, partition) for name in consumers for partition in last)})
    return [
        _standing(connection, name, partition, read.get((name, partition), 0), last.get(partition, 0))
        for name, partition in places
    ]


def _standing(connection: psycopg.Connection, name: str, partition: int, read_to: int, last: int) -> Standing:
    waits = connection.execute(SECONDS, {"next": read_to + 1}).fetchone() if last > read_to else None
    return Standing(name, partition, read_to, last, waits[0] if waits else 0.0)
