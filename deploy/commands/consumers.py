"""`chiron consumers`: how far each is behind, what it has parked, and what is on its way out of the house."""

from typing import Annotated

import typer
from kafka.errors import KafkaError
from rich.table import Table

from deploy import trouble, wiring
from deploy.commands.screen import answers, tell
from deploy.settings import Settings, load
from projections import cloud_events, mail_log, webhook_log
from projections.projection import connect
from workers import consumer, mail, standing, webhooks
from workers.consumer import Consumer, Parked
from workers.standing import Standing


class ConsumerUnknown(trouble.Trouble):
    """There is no consumer {consumer}: choose one of {consumers}; the settings say which there are."""


def consumers(
    retry: Annotated[
        str | None, typer.Option(metavar="NAME", help="Deal with what this consumer has parked first.")
    ] = None,
) -> None:
    """Show how far each consumer is behind in each partition, and which messages it has parked, and why."""
    with wiring.organisation_there(load(), tell) as settings:
        there = wiring.consumers(settings)
        consumer.install(wiring.database(settings), there)
        if retry is not None:
            _retry(settings, there, retry)
        found, parked = _looked_up(settings, there)
        outgoing = _counted(settings, {one.name for one in there})
    answers.print(_standings(found))
    if parked:
        answers.print(_parked(parked))
    if outgoing:
        answers.print(_outgoing(outgoing))


def _retry(settings: Settings, there: list[Consumer], name: str) -> None:
    wanted = [one for one in there if one.name == name]
    if not wanted:
        known = ", ".join(one.name for one in there) or "none"
        raise ConsumerUnknown(consumer=name, consumers=known)
    source = cloud_events.source(settings.organisation)
    with wiring.open_store(settings) as store:
        done, left = consumer.retry(wiring.database(settings), store, wanted[0], source)
    answers.print(f"{name}: {done} messages are dealt with, {left} stay parked.")


def _looked_up(settings: Settings, there: list[Consumer]) -> tuple[list[Standing], list[tuple[str, Parked]]]:
    stream = wiring.event_stream(settings)
    try:
        last = standing.last_positions(stream)
    except KafkaError as error:
        raise trouble.BrokerUnreachable from error
    with connect(wiring.database(settings)) as connection:
        found = standing.standings(connection, stream.topic.name, [one.name for one in there], last)
        names = sorted({one.name for one in there} | {one.consumer for one in found})
        return found, [(name, one) for name in names for one in consumer.parked(connection, name)]


def _counted(settings: Settings, there: set[str]) -> list[tuple[str, ...]]:
    """What waits to leave the house or could not, by state and reason."""
    found: list[tuple[str, ...]] = []
    with connect(wiring.database(settings)) as connection:
        if mail.NAME in there:
            mails = mail_log.counted(connection)
            found += [("mails", one.state, one.code, str(one.count)) for one in mails]
        if webhooks.NAME in there:
            owed = webhook_log.counted(connection)
            found += [("messages to webhooks", one.state, "", str(one.count)) for one in owed]
    return found


def _standings(found: list[Standing]) -> Table:
    table = Table("consumer", "partition", "read to", "newest", "behind, at most", "seconds behind")
    for one in found:
        figures = (one.partition, one.read_to, one.last, one.behind, f"{one.seconds:.1f}")
        table.add_row(one.consumer, *map(str, figures))
    return table


def _parked(parked: list[tuple[str, Parked]]) -> Table:
    table = Table("consumer", "parked message", "reason")
    for name, one in parked:
        table.add_row(name, str(one.position), one.reason)
    return table


def _outgoing(counted: list[tuple[str, ...]]) -> Table:
    table = Table("going out", "state", "code", "count")
    for row in counted:
        table.add_row(*row)
    return table
