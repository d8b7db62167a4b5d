"""A sender of webhooks as a program of its own, so that it can be killed."""

import sys

from domain.store import Database, KeyRing, Store
from projections.projection import connect
from tests.workers.brokers import SOURCE
from workers import app  # noqa: F401 with it every event is known, as where this really runs
from workers.webhook_sender import WebhookSender

if __name__ == "__main__":
    url, schema, key = sys.argv[1:]
    database = Database(url, schema)
    with Store.open(database, KeyRing(bytes.fromhex(key))) as store:
        sender = WebhookSender(connect(database), store, SOURCE, allow_private=True)
        while sender.advance():
            pass
        sender.close()
