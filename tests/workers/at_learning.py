"""A sender of statements as a program of its own, so that it can be killed."""

import sys

from domain.store import Database
from projections.projection import connect
from tests.workers.record_store import PASSWORD, USERNAME
from workers.learning_sender import LearningSender, RecordStore

if __name__ == "__main__":
    url, schema, address = sys.argv[1:]
    sender = LearningSender(connect(Database(url, schema)), RecordStore(address, USERNAME, PASSWORD))
    while sender.advance():
        pass
