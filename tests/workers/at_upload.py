"""The API as a program of its own, so that it can be killed while a document is on its way."""

import sys

from api.app import create_app
from api.context import open_services
from api.server import server
from api.tokens import Tokens
from domain.store import Database
from projections.blobs import Blobs
from tests.api.serving import CURSOR_KEY, TOKEN_KEY
from tests.workers.at_work import RING

if __name__ == "__main__":
    url, schema, folder, port = sys.argv[1:]
    services = open_services(Database(url, schema), RING, CURSOR_KEY, blobs=Blobs.at(folder, schema))
    server(create_app(services, Tokens(TOKEN_KEY)), port=int(port)).run()
