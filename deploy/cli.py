"""`chiron`: one command line. Every fault is told as CODE: sentence; bad input ends with exit code 2."""

import importlib
import logging
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import psycopg
import typer

from deploy import logs
from deploy.commands import screen
from deploy.settings import SettingsInvalid
from deploy.trouble import DatabaseForbids, DatabaseUnreachable
from domain.refusal import Refusal
from domain.store import StoreUnavailable

BAD_INPUT, BUG = 2, 1
SEE_WHERE = "repeat the command with CHIRON_LOG_LEVEL=debug to see where, and report it."

COMMANDS = {
    "up": "deploy.commands.processes:up",
    "demo": "deploy.demo:command",
    "serve": "deploy.commands.processes:serve",
    "work": "deploy.commands.processes:work",
    "migrate": "deploy.commands.processes:migrate",
    "import": "deploy.people_import:command",
    "competencies": "deploy.competency_import:command",
    "token": "deploy.commands.token:token",
    "match": "deploy.commands.match:match",
    "report": "deploy.commands.report:report",
    "publish": "deploy.commands.publish:publish",
    "consumers": "deploy.commands.consumers:consumers",
    "docs": "deploy.commands.contract:docs",
    "due": "deploy.commands.due:due",
    "projections": "deploy.commands.views:projections",
    "rebuild": "deploy.commands.views:rebuild",
    "settings": "deploy.commands.configuration:settings",
}


def application(arguments: Sequence[str]) -> typer.Typer:
    """With the command that is asked for, else all: each process starts here and imports only its own."""
    app = typer.Typer(
        name="chiron",
        help="Event-sourced backend for mentoring programmes.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(about)
    for name in arguments[:1] if set(arguments[:1]) & set(COMMANDS) else COMMANDS:
        module, function = COMMANDS[name].split(":")
        app.command(name)(getattr(importlib.import_module(module), function))
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        screen.answers.print(version("chiron"))
        raise typer.Exit


def about(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Needed to give the whole command line an option of its own."""


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    logs.quiet()
    try:
        return int(application(arguments)(arguments, prog_name="chiron", standalone_mode=False) or 0)
    except typer.TyperException as wrong:
        sentence = " ".join(wrong.format_message().split()).rstrip(".")
        screen.fault("USAGE", f"{sentence}; see chiron --help.")
    except SettingsInvalid as invalid:
        for code, sentence in invalid.faults:
            screen.fault(code, sentence)
    except Refusal as refusal:
        screen.fault(refusal.code, refusal.sentence)
    except (psycopg.OperationalError, StoreUnavailable):
        unreachable = DatabaseUnreachable()
        screen.fault(unreachable.code, unreachable.sentence)
    except psycopg.errors.InsufficientPrivilege:
        forbids = DatabaseForbids()
        screen.fault(forbids.code, forbids.sentence)
    except Exception as bug:  # noqa: BLE001 the last stop: whatever it is, it ends with a code
        _report(bug)
        return BUG
    return BAD_INPUT


def _report(bug: Exception) -> None:
    """A server logs where it happened; a person at a terminal is told how to see that."""
    if os.environ.get("CHIRON_LOG_LEVEL") == "debug" or logging.getLogger().handlers:
        logging.getLogger("chiron").error("unexpected", exc_info=bug)
    screen.fault("UNEXPECTED", f"Chiron itself is at fault ({type(bug).__name__}): {SEE_WHERE}")


if __name__ == "__main__":
    main()
