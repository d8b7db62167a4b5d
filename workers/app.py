"""Everything that runs behind the API, in one process: a thread for each read model and one for erasures."""

import threading

from domain.store import Database, KeyRing, Store
from projections import catalogue, projection
from workers.erasure import erasure
from workers.projector import Projector


def run(database: Database, keys: KeyRing, stop: threading.Event) -> None:
    """Work until `stop` is set, then finish the batches under way. Several processes may run at once."""
    with Store.open(database, keys) as store:
        followed = (*catalogue.ALL, erasure(store))
        projection.install(database, followed)
        threads = [
            threading.Thread(
                target=Projector(database, store, one).run, args=(stop,), name=f"keep-{one.name}"
            )
            for one in followed
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
