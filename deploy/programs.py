"""Programmes as they are named on a command line: by their name, or by their id."""

from typing import Any, Final

import psycopg

from deploy import trouble
from domain.ids import ProgramId

PROGRAMS: Final = "SELECT program_id FROM programs WHERE %(program)s IN (name, program_id::text) LIMIT 2"


class ProgramUnknown(trouble.Trouble):
    """There is no programme {program}: give its id or its name."""


class ProgramAmbiguous(trouble.Trouble):
    """Several programmes are called {program}: give the id of the one that is meant."""


def named(connection: psycopg.Connection[tuple[Any, ...]], program: str) -> ProgramId:
    """Raises ProgramUnknown or ProgramAmbiguous."""
    found = connection.execute(PROGRAMS, {"program": program}).fetchall()
    if not found:
        raise ProgramUnknown(program=program)
    if len(found) > 1:
        raise ProgramAmbiguous(program=program)
    return ProgramId(found[0][0])
