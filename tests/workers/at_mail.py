"""A sender of mails as a program of its own, so that it can be killed."""

import sys

from domain.store import Database, KeyRing, Store
from projections.projection import connect
from tests.workers.mailed import TERMS
from workers.mail_sender import MailSender
from workers.mail_server import MailServer, Place

if __name__ == "__main__":
    url, schema, key, address = sys.argv[1:]
    database = Database(url, schema)
    with Store.open(database, KeyRing(bytes.fromhex(key))) as store:
        server = MailServer(Place.parse(address))
        sender = MailSender(connect(database), store, server, TERMS)
        while sender.advance():
            pass
        sender.close()
