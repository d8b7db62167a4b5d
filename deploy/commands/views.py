"""`chiron projections` and `chiron rebuild`: how the read models stand, and how one is made anew."""

from typing import Annotated

import typer
from rich.table import Table

from deploy import trouble, wiring
from deploy.commands import progress
from deploy.commands.screen import answers, tell
from deploy.settings import Settings, load
from projections import catalogue, projection, runner
from projections import rebuild as rebuilding
from projections.projection import Projection, Status


def projections(
    retry: Annotated[
        str | None, typer.Option(metavar="VIEW", help="Replay the parked streams of this read model first.")
    ] = None,
) -> None:
    """Show how far each read model is behind the log, and which streams it has parked, and why."""
    with wiring.organisation_there(load(), tell) as settings:
        if retry is not None:
            _retry(settings, retry)
        statuses = projection.status(wiring.database(settings))
    answers.print(_lag(statuses))
    if any(status.parked for status in statuses):
        answers.print(_parked(statuses))


def rebuild(view: Annotated[str, typer.Argument(help="The name that `chiron projections` shows.")]) -> None:
    """Make a read model anew beside the live one, then put it in its place."""
    wanted = _view(view)
    with (
        wiring.organisation_there(load(), tell) as settings,
        wiring.open_store(settings) as store,
        progress.lasting() as bar,
    ):
        task = bar.add_task(view, total=None)
        rebuilding.rebuild(
            wiring.database(settings),
            store,
            wanted,
            lambda position, head: bar.update(task, completed=position, total=head),
        )
    answers.print(f"{view} is rebuilt.")


def _retry(settings: Settings, view: str) -> None:
    with wiring.open_store(settings) as store:
        followed, parked = runner.retry_parked(wiring.database(settings), store, _view(view))
    answers.print(f"{view}: {followed} streams are followed again, {parked} stay parked.")


def _view(name: str) -> Projection:
    views = {view.name: view for view in catalogue.ALL}
    if name not in views:
        raise trouble.ViewUnknown(view=name, views=", ".join(sorted(views)))
    return views[name]


def _lag(statuses: list[Status]) -> Table:
    table = Table("read model", "version", "position", "behind", "seconds behind", "parked", "rebuilding")
    for status in statuses:
        rebuilt = "" if status.rebuilt_to is None else f"at {status.rebuilt_to}"
        figures = (
            status.version,
            status.position,
            status.lag,
            f"{status.seconds_behind:.1f}",
            len(status.parked),
        )
        table.add_row(status.name, *map(str, figures), rebuilt)
    return table


def _parked(statuses: list[Status]) -> Table:
    table = Table("read model", "parked stream", "from position", "reason")
    for status in statuses:
        for parked in status.parked:
            table.add_row(status.name, str(parked.stream_id), str(parked.position), parked.reason)
    return table
