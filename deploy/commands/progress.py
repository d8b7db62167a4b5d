"""Progress bars, apart from the screen: a process that serves shows none, and need not load them."""

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from deploy.commands.screen import remarks


def lasting() -> Progress:
    """Stays on the screen, and says how long it will take."""
    return Progress(*_counted(TimeRemainingColumn()), console=remarks)


def passing() -> Progress:
    """Gone once all is done: the answers say what came of it."""
    return Progress(*_counted(TimeElapsedColumn()), console=remarks, transient=True)


def _counted(time: ProgressColumn) -> tuple[ProgressColumn, ...]:
    return TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), time
