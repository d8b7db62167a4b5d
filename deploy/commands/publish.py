"""`chiron publish`: a part of the log into a topic, beside the stream that leaves by itself."""

from typing import Annotated

import typer
from kafka.errors import KafkaError

from deploy import trouble, wiring
from deploy.commands import progress
from deploy.commands.screen import answers, tell
from deploy.settings import load
from domain.store import Store
from workers import publisher
from workers.publisher import EventStream


def publish(
    to_topic: Annotated[str, typer.Option(help="The topic; it is created where it is missing.")],
    start: Annotated[
        int, typer.Option("--from", min=0, help="The position after which to begin; 0 is the beginning.")
    ] = 0,
    until: Annotated[
        int | None, typer.Option("--to", min=0, help="The last position. Without it: the log's end.")
    ] = None,
) -> None:
    """Send a part of the log to a topic, for a consumer that begins anew. It may be stopped and repeated."""
    settings = load()
    with wiring.organisation_there(settings, tell) as connected, wiring.open_store(connected) as store:
        stream = wiring.event_stream(connected, to_topic)
        last = store.head() if until is None else min(until, store.head())
        try:
            sent = _sent(store, stream, start, last)
        except KafkaError as error:
            raise trouble.BrokerUnreachable from error
    answers.print(f"{sent} messages were sent to {to_topic}: positions {start + 1} to {last}.")


def _sent(store: Store, stream: EventStream, start: int, last: int) -> int:
    with progress.lasting() as bar:
        task = bar.add_task(stream.topic.name, total=max(last - start, 0))
        return publisher.backfill(
            store, stream, start, last, lambda position: bar.update(task, completed=position - start)
        )
