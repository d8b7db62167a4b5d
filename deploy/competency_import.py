"""`chiron competencies`: the catalogue of competencies from a CSV file, looked at first or imported."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID, uuid5

import typer
from rich.table import Table
from rich.text import Text
from uuid_utils.compat import uuid7

from deploy import competency_plan, trouble, wiring
from deploy.commands.screen import answers, tell
from deploy.competency_plan import Catalogue, Change, Plan, enter
from deploy.csv_reader import Problem
from deploy.settings import load
from domain.command import Command
from domain.competency import COMPETENCY, same_place
from domain.refusal import Refusal
from domain.store import Database, Step, Store

ACTOR: Final = "service:import"
SOME_ROWS_LEFT_OUT: Final = 3


def command(
    file: Annotated[Path, typer.Argument(help="A CSV file whose first line names the columns.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    show: Annotated[int, typer.Option(min=0, help="How many rows of each kind are printed.")] = 20,
) -> None:
    """Import a catalogue of competencies from a CSV file. Rows that do not hold are reported and left out."""
    if not file.is_file():
        raise trouble.FileNotReadable(file=file)
    with wiring.database_running(load(), tell) as settings:
        wiring.migrate(settings)
        with wiring.open_store(settings) as store:
            known = competency_plan.standing(wiring.database(settings), store)
            drawn = competency_plan.plan(file, known)
            _say_how_it_is_written(file, drawn)
            if not dry_run:
                run(store, drawn, uuid7(), ACTOR)
    _say(drawn, known, show, dry_run=dry_run)
    if drawn.problems:
        raise typer.Exit(SOME_ROWS_LEFT_OUT)


def enter_file(database: Database, store: Store, file: Path, import_id: UUID, actor: str) -> None:
    """All that the file says and the catalogue does not say yet."""
    run(store, competency_plan.plan(file, competency_plan.standing(database, store)), import_id, actor)


def run(store: Store, drawn: Plan, import_id: UUID, actor: str) -> None:
    """Record what was planned. What has changed since and forbids a row is a problem of the row."""
    for change in list(drawn.changes):
        try:
            _enter(store, change, Command(uuid5(import_id, change.entry.hex), actor, import_id, "sync"))
        except Refusal as refusal:
            drawn.changes.remove(change)
            drawn.problems.append(Problem(change.row.line, refusal.sentence))


def _enter(store: Store, change: Change, entered: Command) -> None:
    guards = [
        Step(COMPETENCY.stream(place.competency), same_place, {"place_": place}, guard=True)
        for place in change.arguments["lineage"]
    ]
    store.act_together(entered, Step(COMPETENCY.stream(change.entry), enter, change.arguments), *guards)


def _say_how_it_is_written(file: Path, drawn: Plan) -> None:
    tell(f"{file.name}: {drawn.rows} rows, {drawn.layout.spoken}.")
    if drawn.layout.unknown:
        tell(f"Columns that mean nothing here and are left aside: {', '.join(drawn.layout.unknown)}.")


def _say(drawn: Plan, known: Catalogue, show: int, *, dry_run: bool) -> None:
    problems = drawn.problems
    for problem in problems[:show]:
        answers.print(f"line {problem.line}: left out: {problem.reason}", markup=False)
    if len(problems) > show:
        answers.print(f"... and {len(problems) - show} more (--show {len(problems)} prints all)")
    if dry_run and drawn.changes:
        answers.print(_changes(drawn, known, show))
    answers.print(_counts(drawn, dry_run=dry_run))
    if dry_run:
        answers.print("Nothing was recorded: this was a dry run.")


def _changes(drawn: Plan, known: Catalogue, show: int) -> Table:
    table = Table("line", "competency", "what", "was", "would be")
    for change in drawn.changes[:show]:
        for what, was, becomes in _differences(change, known):
            table.add_row(*map(Text, (str(change.row.line), change.after.label, what, was, becomes)))
    if len(drawn.changes) > show:
        table.add_row("", f"... and {len(drawn.changes) - show} more", "", "", "")
    return table


def _differences(change: Change, known: Catalogue) -> Iterator[tuple[str, str, str]]:
    before, after = change.before, change.after
    if change.is_new:
        yield "new", "", "" if after.parent is None else f"below {known.of(after.parent).label}"
        return
    above = [known.of(one.parent).label if one.parent else "(none)" for one in (before, after)]
    pairs = {
        "label": (before.label, after.label),
        "parent": (above[0], above[1]),
        "synonyms": ("; ".join(before.synonyms), "; ".join(after.synonyms)),
        **{
            scheme: (before.links.get(scheme, ""), after.links.get(scheme, ""))
            for scheme in change.row.external_ids
        },
    }
    yield from ((what, was, becomes) for what, (was, becomes) in pairs.items() if was != becomes)


def _counts(drawn: Plan, *, dry_run: bool) -> Table:
    table = Table("competencies", "would be" if dry_run else "were")
    kinds = Counter("new" if change.is_new else "changed" for change in drawn.changes)
    for count, kind in (
        (kinds["new"], "new"),
        (kinds["changed"], "changed"),
        (drawn.unchanged, "unchanged"),
        (len(drawn.problems), "left out"),
    ):
        if count:
            table.add_row(str(count), kind)
    return table
