"""Everything that runs behind the API, in one process: a thread for each read model and each duty."""

import threading
from collections.abc import Callable, Mapping, Sequence

from domain.store import Database, KeyRing, Store
from projections import catalogue, projection
from projections.blobs import Blobs
from workers import (
    announcing,
    collector,
    inquiries,
    matching,
    membership,
    mentorships,
    proposals,
    publisher,
    publishing,
    reminders,
    settling,
    surveying,
)
from workers.announcing import Announcing
from workers.collector import Collector
from workers.consumer import Consumer, Readers, install
from workers.erasure import erasure
from workers.inquiries import Inquiries
from workers.leader import Begin, Leader
from workers.matching import Matching
from workers.membership import Membership
from workers.mentorships import Mentorships
from workers.projector import Projector
from workers.proposals import Proposals
from workers.publisher import EventStream, Publisher
from workers.publishing import Publishing
from workers.settling import Settling


def run(
    database: Database,
    keys: KeyRing,
    blobs: Blobs,
    stop: threading.Event,
    *,
    stream: EventStream | None = None,
    consumers: Sequence[Consumer] = (),
    following: Callable[[Store], Mapping[str, Begin]] = lambda _: {},
) -> None:
    """Work until `stop` is set, then finish the batches under way. Several processes may run at once.

    Without a `stream` no event leaves, no consumer reads, and nothing is done that follows from what they
    have read, which is what `following` begins.
    """
    with Store.open(database, keys) as store:
        followed = (*catalogue.ALL, erasure(store))
        projection.install(database, followed)
        kept = {f"keep-{one.name}": Projector(database, store, one).run for one in followed}
        duties: dict[str, Begin] = {
            membership.NAME: lambda connection, _: Membership(connection, store),
            proposals.NAME: lambda connection, _: Proposals(connection, store),
            mentorships.NAME: lambda connection, _: Mentorships(connection, store),
            announcing.NAME: lambda connection, _: Announcing(connection, store),
            reminders.NAME: lambda connection, _: reminders.rounds(connection, store),
            surveying.NAME: lambda connection, _: surveying.rounds(connection, store),
            inquiries.NAME: lambda connection, _: Inquiries(connection, store),
            matching.NAME: lambda connection, stop: Matching(connection, store, database, stop),
            publishing.NAME: lambda connection, stop: Publishing(connection, store, database, stop),
            settling.NAME: lambda connection, _: Settling(connection),
            collector.NAME: lambda connection, _: Collector(connection, store, blobs),
        }
        if stream:
            install(database, consumers)
            duties[publisher.NAME] = lambda connection, _: Publisher(connection, store, stream)
            duties |= following(store)
        led = {f"hold-{name}": Leader(database, store, name, begin).run for name, begin in duties.items()}
        read = {"read-stream": Readers(database, stream, consumers).run} if stream and consumers else {}
        threads = [
            threading.Thread(target=work, args=(stop,), name=name)
            for name, work in {**kept, **led, **read}.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
