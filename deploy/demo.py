"""`chiron demo`: everything runs, with an invented organisation in it."""

from collections.abc import Callable, Sequence
from csv import DictReader
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID, uuid5

import typer

from deploy import (
    competency_import,
    demo_experts,
    demo_matching,
    demo_people,
    demo_relationships,
    import_plan,
    import_run,
    stack,
    wiring,
)
from deploy.commands import token
from deploy.commands.screen import answers, tell
from deploy.demo_people import Scene
from deploy.demo_programs import DEMO, LEADERSHIP, SKETCHES, Sketch, Staff
from deploy.demo_queries import EXAMPLES, SERVICE_SCOPES, curl
from deploy.import_run import Import
from deploy.settings import Settings, load
from domain import program
from domain.command import Command
from domain.ids import ImportId, ParticipantId
from domain.permissions import Role
from domain.program import PROGRAM
from domain.program_settings import StaffRole
from domain.refusal import Refusal
from domain.store import Database, Store
from projections import catalogue, runner

SAMPLE: Final = Path(__file__).parent / "sample" / "people.csv"
COMPETENCIES: Final = SAMPLE.with_name("competencies.csv")
SOURCE: Final = "velmora"
IMPORT: Final = ImportId(uuid5(DEMO, "people"))
ACTOR: Final = "service:demo"
LIVELY: Final = """
SELECT m.participant_id FROM mentorship_members m JOIN mentorships r USING (mentorship_id)
 WHERE r.program_id = %(program)s AND m.role = 'mentee' AND r.state = 'running'
 ORDER BY r.began_position LIMIT 1
"""
FIRST_OF: Final = "SELECT correlation_id FROM events ORDER BY position LIMIT 1"


class OrganisationIsReal(Refusal):
    """This database holds an organisation that is not the demo's: set CHIRON_ORGANISATION to another name."""


class DatabaseIsNotOurs(Refusal):
    """The demo begins anew only in the database that it runs itself: unset CHIRON_DATABASE_URL."""


def command(
    *,
    reset: Annotated[bool, typer.Option("--reset", help="Forget first what the demo has stored.")] = False,
) -> None:
    """Run everything with a sample organisation, until Ctrl-C."""
    settings = load()
    if reset:
        forget(settings)
    try:
        with stack.running(settings, tell) as started:
            prepare(started.settings, tell)
            answers.print(briefing(started.settings, started.graphql), markup=False)
            started.supervisor.watch()
    except KeyboardInterrupt:
        tell("Chiron has stopped; its data stays.")


def forget(settings: Settings) -> None:
    """Remove the demo's organisation, and never another."""
    if settings.database_url is not None:
        raise DatabaseIsNotOurs
    with wiring.database_running(settings, tell) as running:
        database = wiring.database(running)
        database.install()
        refuse_a_real_organisation(database)
        database.drop()


def prepare(settings: Settings, tell: Callable[[str], None]) -> None:
    """Bring the organisation into being, as far as it is not there yet, and its read models up to date."""
    database = wiring.database(settings)
    refuse_a_real_organisation(database)
    with wiring.open_store(settings) as store:
        if not is_complete(store):
            tell("Importing the 1,000 people of Velmora, an invented company ...")
            people = import_people(database, store)
            competency_import.enter_file(database, store, COMPETENCIES, DEMO, ACTOR)
            tell("Setting up three programmes and filling them ...")
            teams = [staff(store, number) for number in range(len(SKETCHES))]
            for sketch, team in zip(SKETCHES, teams, strict=True):
                fill(store, sketch, team, people)
            runner.catch_up(database, store, catalogue.ALL)
            tell("Bringing people together: by a run, by their own wishes, by hand ...")
            for sketch, team in zip(SKETCHES, teams, strict=True):
                demo_matching.match(settings, sketch, team)
            tell("Letting them talk, meet and work together ...")
            for sketch, team in zip(SKETCHES, teams, strict=True):
                demo_relationships.live(settings, sketch, team)
                if sketch is LEADERSHIP:
                    demo_experts.consult(settings, team)
                welcome(store, sketch, team)
        runner.catch_up(database, store, catalogue.ALL)


def refuse_a_real_organisation(database: Database) -> None:
    with database.connect() as connection:
        first = connection.execute(FIRST_OF).fetchone()
    if first is not None and first[0] != IMPORT:
        raise OrganisationIsReal


def is_complete(store: Store) -> bool:
    last = SKETCHES[-1]
    return last.announcement in store.load(PROGRAM.stream(last.id)).state.announcements


def import_people(database: Database, store: Store) -> list[ParticipantId]:
    """In the order of the file: who has been here longest comes first."""
    known = import_plan.organisation(database, store)
    drawn = import_plan.plan(SAMPLE, SOURCE, store, known, _unwatched)
    import_run.run(drawn, known, Import(IMPORT, ACTOR, store, database), _unwatched)
    return [import_plan.person_of(store, SOURCE, row["external_id"]) for row in sample()]


def staff(store: Store, number: int) -> Staff:
    """Each programme has its own administrator and facilitator, both of the People department."""
    team = [row["external_id"] for row in sample() if row["department"] == "People"]
    administrator, facilitator = team[2 * number], team[2 * number + 1]
    return (
        (import_plan.person_of(store, SOURCE, administrator), StaffRole.ADMINISTRATOR),
        (import_plan.person_of(store, SOURCE, facilitator), StaffRole.FACILITATOR),
    )


def fill(store: Store, sketch: Sketch, staff: Staff, people: Sequence[ParticipantId]) -> None:
    stream = PROGRAM.stream(sketch.id)
    administrator = str(staff[0][0])
    for turn, wish in enumerate(sketch.wishes(staff)):
        store.act(Command(uuid5(sketch.id, f"demo {turn}"), administrator, correlation_id=DEMO), stream, wish)
    terms = program.terms(store.load(stream).state, sketch.id)
    scene = Scene(sketch, terms, staff, datetime.now(UTC).date())
    demo_people.tell(store, scene, demo_people.stories(scene, demo_people.everyone(store, people)))


def welcome(store: Store, sketch: Sketch, staff: Staff) -> None:
    """The last thing that is done in a programme: where it is, the programme is complete."""
    command = Command(sketch.announcement, str(staff[0][0]), correlation_id=DEMO)
    store.act(command, PROGRAM.stream(sketch.id), sketch.welcomes())


def sample() -> list[dict[str, str]]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return list(DictReader(file))


def tokens(settings: Settings) -> dict[Role, str]:
    """One a role, of somebody who really has it."""
    issued: dict[Role, str] = {}
    for role in Role:
        holder = None
        if role is Role.GUEST:
            holder = token.find(settings, role, None, None)
        elif role in token.FINDING:
            person = _lively(settings) if role is Role.PARTICIPANT else None
            holder = token.find(settings, role, LEADERSHIP.name, person)
        scopes = list(SERVICE_SCOPES) if role is Role.SERVICE else []
        issued[role] = token.issue(settings, role, holder.person if holder else None, scopes)
    return issued


def _lively(settings: Settings) -> UUID | None:
    """A mentee whose relationship in that programme began first: there is something to read."""
    with wiring.database(settings).connect() as connection:
        found = connection.execute(LIVELY, {"program": LEADERSHIP.id}).fetchone()
    return found[0] if found else None


def briefing(settings: Settings, address: str) -> str:
    """What is printed: everything in it can be pasted into a shell, each query also into GraphiQL."""
    lines = [
        f"# Chiron answers at {address}: GraphiQL in a browser, with a token under Headers. Ctrl-C stops it.",
        "",
        f"# A token a role, good for {settings.token_hours} hours; more with `chiron token --as ROLE`:",
    ]
    lines += [f"{role.value.upper()}={issued}" for role, issued in tokens(settings).items()]
    lines += [
        "",
        "# Ten queries worth trying, in this shell or, what stands between the quotes, in GraphiQL:",
    ]
    for example in EXAMPLES:
        lines += ["", f"# {example.about} (as {example.role})", curl(example, address)]
    return "\n".join(lines)


def _unwatched(_: int) -> None:
    """Nobody watches a progress of seconds."""
