"""How far everything is behind the log, for Prometheus: counts, positions and seconds, and nobody's name."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import psycopg
from kafka.errors import KafkaError
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from domain.store import Database
from projections import mail_log, projection, webhook_log
from projections.mail_log import Counted
from projections.projection import Status, connect
from workers import consumer, mail, standing, webhooks
from workers.publisher import EventStream
from workers.standing import Standing

FOLLOWER: Final = ["name"]
READER: Final = ["consumer", "partition"]
IN_TIME: Final = {"bootstrap_timeout_ms": 3_000, "request_timeout_ms": 3_000}
"""Whoever asks waits some ten seconds; a broker that is away must not make all the rest untold."""


class Lag(Collector):
    """Looked up at each scrape. What cannot be reached is told as such, and the rest is told all the same."""

    def __init__(self, database: Database, stream: EventStream | None, consumers: Sequence[str]) -> None:
        self._database, self._consumers = database, consumers
        if stream:
            broker = replace(stream.broker, security={**stream.broker.security, **IN_TIME})
            stream = replace(stream, broker=broker)
        self._stream = stream

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing is looked up to be registered."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            statuses = projection.status(self._database)
        except psycopg.OperationalError:
            yield _reached("database", reached=False)
            return
        yield _reached("database", reached=True)
        yield from _of_followers(statuses)
        if self._stream and self._consumers:
            yield from self._of_consumers(self._stream)

    def _of_consumers(self, stream: EventStream) -> Iterator[GaugeMetricFamily]:
        try:
            last = standing.last_positions(stream)
        except KafkaError:
            yield _reached("broker", reached=False)
            return
        yield _reached("broker", reached=True)
        with connect(self._database) as connection:
            found = standing.standings(connection, stream.topic.name, self._consumers, last)
            parked = {name: len(consumer.parked(connection, name)) for name in self._consumers}
            mails = mail_log.counted(connection) if mail.NAME in self._consumers else []
            owed = webhook_log.counted(connection) if webhooks.NAME in self._consumers else []
        yield from _of_readers(found)
        family = GaugeMetricFamily(
            "chiron_consumer_parked", "Messages that it could not deal with.", labels=["consumer"]
        )
        for name, count in parked.items():
            family.add_metric([name], count)
        yield family
        yield _of_mails(mails)
        yield _of_webhooks(owed)


def _reached(what: str, *, reached: bool) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"chiron_{what}_reached", f"Whether the {what} answers.", value=reached)


def _of_followers(statuses: Sequence[Status]) -> Iterator[GaugeMetricFamily]:
    """Read models, duties and the publisher, which is called streaming."""
    position = GaugeMetricFamily("chiron_position", "How far it has come in the log.", labels=FOLLOWER)
    behind = GaugeMetricFamily(
        "chiron_events_behind", "Events of the log it has yet to see.", labels=FOLLOWER
    )
    seconds = GaugeMetricFamily("chiron_seconds_behind", "Age of the oldest of them.", labels=FOLLOWER)
    parked = GaugeMetricFamily("chiron_parked_streams", "Streams it no longer follows.", labels=FOLLOWER)
    for status in statuses:
        position.add_metric([status.name], status.position)
        behind.add_metric([status.name], status.lag)
        seconds.add_metric([status.name], status.seconds_behind)
        parked.add_metric([status.name], len(status.parked))
    head = max((status.head for status in statuses), default=0)
    yield GaugeMetricFamily("chiron_log_head", "The last position in the log.", value=head)
    yield from (position, behind, seconds, parked)


def _of_readers(found: Sequence[Standing]) -> Iterator[GaugeMetricFamily]:
    position = GaugeMetricFamily("chiron_consumer_position", "How far it has read.", labels=READER)
    behind = GaugeMetricFamily(
        "chiron_consumer_events_behind", "At most so many events wait for it.", labels=READER
    )
    seconds = GaugeMetricFamily("chiron_consumer_seconds_behind", "Age of the oldest of them.", labels=READER)
    for one in found:
        labels = [one.consumer, str(one.partition)]
        position.add_metric(labels, one.read_to)
        behind.add_metric(labels, one.behind)
        seconds.add_metric(labels, one.seconds)
    yield from (position, behind, seconds)


def _of_mails(counted: Sequence[Counted]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "chiron_mails", "Mails that wait or have failed, and why.", labels=["state", "code"]
    )
    for one in counted:
        family.add_metric([one.state, one.code], one.count)
    return family


def _of_webhooks(counted: Sequence[webhook_log.Counted]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "chiron_webhook_messages", "Messages to webhooks that wait, or were given up.", labels=["state"]
    )
    for one in counted:
        family.add_metric([one.state], one.count)
    return family


@contextlib.contextmanager
def served(lag: Lag, host: str, port: int) -> Iterator[None]:
    """At /metrics, in the format that is asked for: OpenMetrics or Prometheus's own."""
    registry = CollectorRegistry()
    registry.register(lag)
    server, thread = start_http_server(port, host, registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
