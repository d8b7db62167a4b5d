"""`chiron due`: what will be done by itself until a moment, unless somebody does something."""

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.table import Table
from rich.text import Text

from deploy import forthcoming, programs, trouble, wiring
from deploy.commands.screen import answers, tell
from deploy.forthcoming import Coming
from deploy.settings import Settings, load
from projections import due as catalogue
from projections import projection

NAMES = "SELECT program_id, name FROM programs"


class MomentUnusable(trouble.Trouble):
    """{moment} is no moment: write it with its time zone, such as 2026-06-30T12:00Z."""


def due(
    program: Annotated[str | None, typer.Argument(help="The programme's id or name; all without it.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="Until when, as 2026-06-30T12:00Z; now without it.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many lines.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show what falls due by a moment: reminders, surveys, expiries, pauses that end, silence."""
    until = _moment(at)
    with (
        wiring.organisation_there(load(), tell) as settings,
        wiring.database(settings).connect() as connection,
    ):
        _tell_lag(settings)
        wanted = None if program is None else programs.named(connection, program)
        found = forthcoming.forthcoming(connection, until, wanted)
        names: dict[UUID, str] = dict(connection.execute(NAMES).fetchall())
    _print_json(found[:limit]) if as_json else _print_table(found, names, limit, until)


def _moment(said: str | None) -> datetime:
    if said is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise MomentUnusable(moment=said) from None
    if found.tzinfo is None:
        raise MomentUnusable(moment=said)
    return found


def _tell_lag(settings: Settings) -> None:
    asked = {one.name: one.lag for one in projection.status(wiring.database(settings))}
    behind = max(asked.get(name, 0) for name in catalogue.READ)
    if behind:
        tell(f"The read models are {behind:,} events behind: some of this may have been settled since.")


def _print_json(found: list[Coming]) -> None:
    answers.print(orjson.dumps([one.told() for one in found]).decode(), markup=False)


def _print_table(found: list[Coming], names: dict[UUID, str], limit: int, until: datetime) -> None:
    if found:
        table = Table("when", "what", "programme", "about", "people")
        for one in found[:limit]:
            when = one.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
            about = f"{one.of} {one.about}"
            table.add_row(
                when, one.what, Text(names[one.program] if one.program else ""), about, str(one.people)
            )
        answers.print(table)
    kinds = Counter(one.what.partition(":")[0] for one in found)
    counted = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
    moment = until.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    answers.print(f"{len(found):,} due by {moment}" + (f": {counted}" if counted else ""), markup=False)
