"""A writer of the lake as a program of its own, so that it can be killed."""

import sys
from datetime import timedelta
from pathlib import Path

from domain.store import Database
from projections.projection import connect
from workers.lake_files import SMALL, LakeFiles
from workers.lake_place import Place


def writer(database: Database, folder: Path, small: int = SMALL) -> LakeFiles:
    """Lets nothing wait."""
    place = Place.at(str(folder), "velmora")
    return LakeFiles(connect(database), place, after=timedelta(), small=small)


if __name__ == "__main__":
    url, schema, where = sys.argv[1:]
    files = writer(Database(url, schema), Path(where))
    while files.advance():
        pass
