"""Everything that runs behind the API, in one process: a thread for each read model and each duty."""

import threading

from domain.store import Database, KeyRing, Store
from projections import catalogue, projection
from workers.erasure import erasure
from workers.leader import Leader
from workers.membership import NAME, Membership
from workers.projector import Projector


def run(database: Database, keys: KeyRing, stop: threading.Event) -> None:
    """Work until `stop` is set, then finish the batches under way. Several processes may run at once."""
    with Store.open(database, keys) as store:
        followed = (*catalogue.ALL, erasure(store))
        projection.install(database, followed)
        kept = {f"keep-{one.name}": Projector(database, store, one).run for one in followed}
        rules = Leader(database, store, NAME, lambda connection, _: Membership(connection, store))
        threads = [
            threading.Thread(target=work, args=(stop,), name=name)
            for name, work in {**kept, "hold-membership": rules.run}.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
