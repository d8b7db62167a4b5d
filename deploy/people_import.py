"""`chiron import`: people from a CSV file, looked at first, imported, or undone."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from uuid_utils.compat import uuid7

from deploy import import_plan, import_run, import_undo, trouble, wiring
from deploy.commands.screen import answers, remarks, tell
from deploy.csv_reader import Problem
from deploy.import_plan import Plan
from deploy.import_run import Change, Import, Tally
from deploy.import_undo import Undone
from deploy.settings import Settings, load
from domain.ids import ImportId
from domain.profile import Job, Source
from domain.refusal import Refusal
from domain.store import Store

SOME_ROWS_LEFT_OUT: Final = 3
MANAGER: Final = (
    "SELECT coalesce(external_id, participant_id::text) FROM profiles WHERE participant_id = %(person)s"
)

Advance = Callable[[int], None]


class OptionsDisagree(Refusal):
    """{option} {reason}."""


def command(
    file: Annotated[
        Path | None, typer.Argument(help="A CSV file whose first line names the columns.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    source: Annotated[
        str, typer.Option(help="The system of record: an id means the same person within it.")
    ] = "csv",
    mark_left: Annotated[
        bool, typer.Option("--mark-left", help="Mark those as left whom the source brings no more.")
    ] = False,
    undo: Annotated[UUID | None, typer.Option(metavar="IMPORT_ID", help="Undo an earlier import.")] = None,
    erase: Annotated[
        bool, typer.Option("--erase", help="With --undo: erase whom it registered, for good.")
    ] = False,
    resume: Annotated[
        UUID | None, typer.Option(metavar="IMPORT_ID", help="Go on with an import of the same file.")
    ] = None,
    actor: Annotated[
        str, typer.Option("--as", help="Whom the log names: a participant's id or a service's name.")
    ] = "service:import",
    show: Annotated[int, typer.Option(min=0, help="How many rows of each kind are printed.")] = 20,
) -> None:
    """Import people from a CSV file. Rows that do not hold are reported and left out."""
    if (file is None) == (undo is None):
        raise OptionsDisagree(option="chiron import", reason="takes either a file or --undo IMPORT_ID")
    if erase and undo is None:
        raise OptionsDisagree(option="--erase", reason="goes with --undo only")
    _refuse_bad_names(source, actor)
    with wiring.database_running(load(), tell) as settings:
        wiring.migrate(settings)
        with wiring.open_store(settings) as store:
            if file is None:
                _undo(settings, store, ImportId(undo or UUID(int=0)), actor, erase=erase)
                return
            given = Import(ImportId(resume or uuid7()), actor, store, wiring.database(settings))
            drawn = _import(given, file, source, show, dry_run=dry_run, mark_left=mark_left)
    if drawn.problems:
        raise typer.Exit(SOME_ROWS_LEFT_OUT)


def _import(given: Import, file: Path, source: str, show: int, *, dry_run: bool, mark_left: bool) -> Plan:
    known = import_plan.organisation(given.database, given.store)
    with _readable(file), _bar(file.stat().st_size) as advance:
        drawn = import_plan.plan(file, source, given.store, known, advance("Checking"))
        _say_how_it_is_written(drawn)
        if dry_run:
            changes: list[Change] = []
            tally = import_run.preview(drawn, known, given, _first(changes, show), advance("Comparing"))
        else:
            tell(f"Import {given.id}. Interrupted? Go on with: chiron import {file.name} --resume {given.id}")
            tally = import_run.run(drawn, known, given, advance("Importing"))
            if mark_left:
                import_run.mark_absent_left(drawn, given, tally)
    _say_problems(drawn, tally, show)
    if dry_run:
        _say_changes(given, changes, tally)
    answers.print(_counts(drawn, tally, dry_run=dry_run, mark_left=mark_left))
    answers.print(
        "Nothing was recorded: this was a dry run."
        if dry_run
        else f"{tally.events} events recorded. To undo: chiron import --undo {given.id}"
    )
    return drawn


def _undo(settings: Settings, store: Store, import_id: ImportId, actor: str, *, erase: bool) -> None:
    people = import_undo.touched_by(wiring.database(settings), import_id)
    with _bar(len(people)) as advance:
        undone = import_undo.undo(store, import_id, people, actor, advance("Undoing"), erase=erase)
    answers.print(_undone(undone))
    answers.print(f"To undo this in turn: chiron import --undo {import_undo.undo_id(import_id)}")


def _refuse_bad_names(source: str, actor: str) -> None:
    try:
        TypeAdapter(Source).validate_python(source)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise OptionsDisagree(option="--source", reason=reason) from None
    if not actor.isascii() or not actor.replace(":", "").replace("-", "").replace("_", "").isalnum():
        raise OptionsDisagree(option="--as", reason="takes an id or a service's name, never a person's name")


@contextlib.contextmanager
def _readable(file: Path) -> Iterator[None]:
    if not file.is_file():
        raise trouble.FileNotReadable(file=file)
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise
        raise trouble.FileNotReadable(file=file) from error


@contextlib.contextmanager
def _bar(total: int) -> Iterator[Callable[[str], Advance]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=remarks) as progress:

        def advance(description: str) -> Advance:
            task = progress.add_task(description, total=total)
            return lambda more: progress.advance(task, more)

        yield advance


def _first(changes: list[Change], most: int) -> Callable[[Change], None]:
    return lambda change: changes.append(change) if len(changes) < most else None


def _say_how_it_is_written(drawn: Plan) -> None:
    tell(f"{drawn.path.name}: {drawn.rows} rows, {drawn.layout.spoken}.")
    if drawn.layout.unknown:
        tell(f"Columns that mean nothing here and are left aside: {', '.join(drawn.layout.unknown)}.")


def _say_problems(drawn: Plan, tally: Tally, show: int) -> None:
    _list("left out", sorted([*drawn.problems, *tally.refused], key=lambda problem: problem.line), show)
    _list("imported, but", drawn.remarks, show)


def _list(kind: str, problems: Sequence[Problem], show: int) -> None:
    for problem in problems[:show]:
        answers.print(f"line {problem.line}: {kind}: {problem.reason}", markup=False)
    if len(problems) > show:
        answers.print(f"... and {len(problems) - show} more (--show {len(problems)} prints all)")


def _say_changes(given: Import, changes: Sequence[Change], tally: Tally) -> None:
    for change in changes:
        for name, (old, new) in change.fields.items():
            words = f"{_shown(given, old)} -> {_shown(given, new)}" if old != new else "filled"
            answers.print(f"line {change.line}, {change.external_id}: {name}: {words}", markup=False)
    if tally.changed + tally.returned > len(changes):
        answers.print(f"... and {tally.changed + tally.returned - len(changes)} more people with changes")


def _shown(given: Import, value: Any) -> str:
    if isinstance(value, UUID):
        with given.database.connect() as connection:
            found = connection.execute(MANAGER, {"person": value}).fetchone()
        return str(found[0]) if found else str(value)
    if isinstance(value, tuple):
        return ", ".join(part.title if isinstance(part, Job) else str(part) for part in value) or "(none)"
    return str(value or "(none)")


def _counts(drawn: Plan, tally: Tally, *, dry_run: bool, mark_left: bool) -> Table:
    table = Table("people", "would be" if dry_run else "were", show_lines=False)
    fields = ", ".join(f"{name} {count}" for name, count in tally.fields.most_common())
    left_out = len(drawn.left_out) + len(tally.refused)
    absent = (
        "would be marked as left"
        if dry_run and mark_left
        else "marked as left"
        if mark_left
        else "not in the file"
    )
    for count, kind in (
        (tally.registered, "new"),
        (tally.changed, f"changed ({fields})" if fields else "changed"),
        (tally.returned, "back again"),
        (tally.unchanged, "unchanged"),
        (left_out, "left out"),
        (len(drawn.absent), f"here from {drawn.source}, {absent}"),
    ):
        if count:
            table.add_row(str(count), kind)
    return table


def _undone(undone: Undone) -> Table:
    table = Table("people", "were")
    for count, kind in (
        (undone.left, "marked as left: the import had registered them"),
        (undone.erased, "erased: the import had registered them"),
        (undone.restored, "given back what the record said before"),
        (undone.kept, "kept as they are: something was said about them since"),
        (undone.unchanged, "unchanged"),
    ):
        if count:
            table.add_row(str(count), kind)
    return table
