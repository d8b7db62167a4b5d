"""`chiron report`: a programme's reports as files, as of any moment."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy import programs, report_desk, wiring
from deploy.commands import progress
from deploy.commands.screen import answers, tell
from deploy.settings import Settings, load
from projections import catalogue, report_files, runner
from projections.report_asked import asked, snapshot
from projections.report_files import FILED, File


def report(
    program: Annotated[str, typer.Argument(help="The programme's id or name.")],
    out: Annotated[
        str,
        typer.Option(
            help="report.pdf or .html for all on pages, .csv, .parquet or .svg for one, or FOLDER/."
        ),
    ],
    only: Annotated[
        str | None, typer.Option(metavar="NAME", help="The one report of a .csv, .parquet or .svg.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DAY", help="As things stood then; now.")] = None,
    compare_to: Annotated[str | None, typer.Option(metavar="DAY", help="Beside an earlier day.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Where the period begins.")] = None,
    began_from: Annotated[
        str | None, typer.Option(metavar="DAY", help="Relationships of this quarter and later.")
    ] = None,
    began_until: Annotated[
        str | None, typer.Option(metavar="DAY", help="Relationships of this quarter and before.")
    ] = None,
    department: Annotated[str | None, typer.Option(help="Of mentees in it alone.")] = None,
    location: Annotated[str | None, typer.Option(help="Of mentees there alone.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Write a programme's reports as files: pages to print, tables for analysts, pictures for slides."""
    places = report_desk.wanted(FILED, out, only)
    report_desk.free(places, force=force)
    said = {
        "as_of": as_of,
        "compare_to": compare_to,
        "since": since,
        "began_from": began_from,
        "began_until": began_until,
        "department": department,
        "location": location,
    }
    given = {name: value for name, value in said.items() if value is not None}
    with wiring.organisation_there(load(), tell) as settings:
        _write(settings, program, places, given)


def _write(settings: Settings, program: str, places: dict[Path, File], given: dict[str, str]) -> None:
    """All files are of the same moment of the log: of now, whoever keeps the read models up."""
    database, now = wiring.database(settings), datetime.now(UTC)
    with wiring.open_store(settings) as store:
        runner.catch_up(database, store, catalogue.ALL)
    with database.connect() as connection:
        what = asked(programs.named(connection, program), given, now)
        with snapshot(connection), progress.passing() as bar:
            made = lambda file: report_files.pieces(connection, FILED, file, what, now)
            task = bar.add_task("writing", total=len(places))
            for place in report_desk.write(places, made):
                bar.update(task, advance=1, description=place.name)
                answers.print(str(place), markup=False)
