"""`chiron up`, `serve`, `work` and `migrate`: the processes of a running Chiron."""

import signal
import threading

from deploy import logs, stack, wiring
from deploy.commands.screen import answers, tell
from deploy.settings import load


def up() -> None:
    """Run everything in one process tree until Ctrl-C: PostgreSQL, broker, API and workers."""
    settings = load()
    try:
        with stack.running(settings, tell) as started:
            answers.print(f"Chiron answers at {started.graphql} (Ctrl-C stops it)")
            started.supervisor.watch()
    except KeyboardInterrupt:
        tell("Chiron has stopped.")


def serve() -> None:
    """Run one API process."""
    settings = load()
    logs.configure(settings)
    stack.refuse_a_taken_port(settings.host, settings.port, "CHIRON_PORT")
    with wiring.organisation_there(settings, tell) as connected:
        wiring.api(connected).run()


def work() -> None:
    """Run the workers of one process: read models, erasure, and who may be in a programme."""
    settings = load()
    logs.configure(settings)
    if settings.metrics_port:
        stack.refuse_a_taken_port(settings.host, settings.metrics_port, "CHIRON_METRICS_PORT")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with wiring.organisation_there(settings, tell) as connected:
        wiring.work(connected, stop)


def migrate() -> None:
    """Bring the log and the read models' tables up to date."""
    settings = load()
    with wiring.database_running(settings, tell) as connected:
        wiring.migrate(connected)
    answers.print("The log and the read models' tables are up to date.")
