"""`chiron demo`: everything runs, with an invented organisation in it."""

from collections.abc import Callable
from csv import DictReader
from datetime import UTC, datetime, timedelta
from functools import partial
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
from deploy.demo_programs import DEMO, LEADERSHIP, SKETCHES, Announcing, Sketch, Staff
from deploy.demo_queries import EXAMPLES, SERVICE_SCOPES, curl
from deploy.import_run import Import
from deploy.ninety_days import season
from deploy.ninety_days.past import PastStore, Shown
from deploy.ninety_days.season import Season
from deploy.settings import Settings, load
from domain import participant, program
from domain.command import Command
from domain.ids import ImportId
from domain.participant import PARTICIPANT
from domain.permissions import Role
from domain.profile import PersonFacts
from domain.program import PROGRAM
from domain.program_settings import StaffRole
from domain.refusal import Refusal
from domain.store import Database, Store
from projections import catalogue, projection, runner

SAMPLE: Final = Path(__file__).parent / "sample" / "people.csv"
COMPETENCIES: Final = SAMPLE.with_name("competencies.csv")
SOURCE: Final = "velmora"
IMPORT: Final = ImportId(uuid5(DEMO, "people"))
ACTOR: Final = "service:demo"
LIVELY: Final = """
SELECT m.participant_id FROM mentorship_members m JOIN mentorships r USING (mentorship_id)
 WHERE r.program_id = %(program)s AND m.role = 'mentee' AND r.state = 'running'
 ORDER BY (SELECT count(*) FROM history h WHERE h.mentorship_id = r.mentorship_id) DESC, r.began_position
 LIMIT 1
"""
FIRST_OF: Final = "SELECT correlation_id, recorded_at FROM events ORDER BY position LIMIT 1"
RELATIONSHIPS: Final = 300
BEFORE: Final = timedelta(days=100)
"""So long ago the organisation came into being."""


class OrganisationIsReal(Refusal):
    """This database holds an organisation that is not the demo's: set CHIRON_ORGANISATION to another name."""


class DatabaseIsNotOurs(Refusal):
    """The demo begins anew only in the database that it runs itself: unset CHIRON_DATABASE_URL."""


def command(
    *,
    reset: Annotated[bool, typer.Option("--reset", help="Forget first what the demo has stored.")] = False,
    relationships: Annotated[
        int, typer.Option(min=20, max=300, help="About how many have been lived before today.")
    ] = RELATIONSHIPS,
) -> None:
    """Run everything with a sample organisation, until Ctrl-C."""
    settings = load()
    if reset:
        forget(settings)
    try:
        with stack.running(
            settings, tell, partial(play_the_past, tell=tell, relationships=relationships)
        ) as started:
            play_today(started.settings, tell)
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


def prepare(settings: Settings, tell: Callable[[str], None], relationships: int = RELATIONSHIPS) -> None:
    """Bring the organisation into being, as far as it is not there yet, and its read models up to date."""
    play_the_past(settings, tell, relationships)
    play_today(settings, tell)


def play_the_past(
    settings: Settings, tell: Callable[[str], None], relationships: int = RELATIONSHIPS
) -> None:
    """Before anybody is at work: workers would take what lies behind for what is due."""
    database = wiring.database(settings)
    refuse_a_real_organisation(database)
    today = day_of(database)
    with PastStore.open(database, wiring.key_ring(settings)) as store:
        if has_a_past(store):
            return
        live_the_past(settings, store, today, tell, relationships)
        runner.catch_up(database, store, catalogue.ALL)


def live_the_past(
    settings: Settings, store: PastStore, today: datetime, tell: Callable[[str], None], relationships: int
) -> None:
    """All of it; what is there already stays as it is."""
    database = wiring.database(settings)
    store.moment = today - BEFORE
    tell("Importing the 1,000 people of Velmora, an invented company ...")
    import_people(database, store)
    competency_import.enter_file(database, store, COMPETENCIES, DEMO, ACTOR)
    store.moment += timedelta(days=1)
    tell("Setting up three programmes, and bringing together who came first ...")
    for number, sketch in enumerate(SKETCHES):
        set_up(store, sketch, staff(store, number))
    scenes = scenes_of(store, today)
    companies = season.companies(scenes, everyone(store), relationships / RELATIONSHIPS)
    with projection.connect(database) as connection, Shown(database, store) as shown:
        lived = Season(database, store, connection, shown, wiring.blobs(settings), today)
        lived.live(companies, tell)
    store.moment = today
    for scene in scenes:
        say(store, scene, scene.sketch.looks_back())


def play_today(settings: Settings, tell: Callable[[str], None]) -> None:
    """By the API, as everybody does."""
    database = wiring.database(settings)
    today = day_of(database)
    with wiring.open_store(settings) as store:
        if not is_complete(store):
            scenes, people = scenes_of(store, today), everyone(store)
            tell("Bringing newcomers together: by a run, by their own wishes, by hand ...")
            for scene in scenes:
                demo_people.tell(store, scene, demo_people.newcomers(scene, people).stories)
            runner.catch_up(database, store, catalogue.ALL)
            for scene in scenes:
                new = demo_people.newcomers(scene, people).sides
                demo_matching.match(settings, scene.sketch, scene.staff, new)
            tell("Letting them talk, meet and work together ...")
            for scene in scenes:
                demo_relationships.live(settings, scene.sketch, scene.staff, today)
                if scene.sketch is LEADERSHIP:
                    demo_experts.consult(settings, scene.staff, today)
                say(store, scene, scene.sketch.welcomes())
        runner.catch_up(database, store, catalogue.ALL)


def refuse_a_real_organisation(database: Database) -> None:
    first = _first_of(database)
    if first is not None and first[0] != IMPORT:
        raise OrganisationIsReal


def day_of(database: Database) -> datetime:
    """The day on which the demo was begun: all that it tells lies around it, whenever it is gone on with."""
    first = _first_of(database)
    begun = first[1] + BEFORE if first else datetime.now(UTC)
    return begun.replace(hour=0, minute=0, second=0, microsecond=0)


def _first_of(database: Database) -> tuple[UUID, datetime] | None:
    with database.connect() as connection:
        return connection.execute(FIRST_OF).fetchone()


def has_a_past(store: Store) -> bool:
    """The last thing of the past is there."""
    last = SKETCHES[-1]
    return last.looking_back in store.load(PROGRAM.stream(last.id)).state.announcements


def is_complete(store: Store) -> bool:
    last = SKETCHES[-1]
    return last.announcement in store.load(PROGRAM.stream(last.id)).state.announcements


def import_people(database: Database, store: Store) -> None:
    known = import_plan.organisation(database, store)
    drawn = import_plan.plan(SAMPLE, SOURCE, store, known, _unwatched)
    import_run.run(drawn, known, Import(IMPORT, ACTOR, store, database), _unwatched)


def everyone(store: Store) -> list[PersonFacts]:
    """In the order of the file: who has been here longest comes first."""
    people = [import_plan.person_of(store, SOURCE, row["external_id"]) for row in sample()]
    loaded = store.load_all([PARTICIPANT.stream(person) for person in people])
    return [participant.facts(loaded[person].state, person) for person in people]


def staff(store: Store, number: int) -> Staff:
    """Each programme has its own administrator and facilitator, both of the People department."""
    team = [row["external_id"] for row in sample() if row["department"] == "People"]
    administrator, facilitator = team[2 * number], team[2 * number + 1]
    return (
        (import_plan.person_of(store, SOURCE, administrator), StaffRole.ADMINISTRATOR),
        (import_plan.person_of(store, SOURCE, facilitator), StaffRole.FACILITATOR),
    )


def set_up(store: Store, sketch: Sketch, staff: Staff) -> None:
    stream, administrator = PROGRAM.stream(sketch.id), str(staff[0][0])
    for turn, wish in enumerate(sketch.wishes(staff)):
        store.act(Command(uuid5(sketch.id, f"demo {turn}"), administrator, correlation_id=DEMO), stream, wish)


def scenes_of(store: Store, today: datetime) -> list[Scene]:
    """Of the programmes that are set up."""
    scenes = []
    for number, sketch in enumerate(SKETCHES):
        terms = program.terms(store.load(PROGRAM.stream(sketch.id)).state, sketch.id)
        scenes.append(Scene(sketch, terms, staff(store, number), today.date()))
    return scenes


def say(store: Store, scene: Scene, wish: Announcing) -> None:
    """The last thing that is done in a programme: where it is, all that came before is."""
    id_, decision = wish
    command = Command(id_, str(scene.staff[0][0]), correlation_id=DEMO)
    store.act(command, PROGRAM.stream(scene.sketch.id), decision)


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
    """A mentee in whose relationship in that programme most has happened: there is something to read."""
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
        "# Queries worth trying, in this shell or, what stands between the quotes, in GraphiQL:",
    ]
    today = day_of(wiring.database(settings)).date()
    for example in (one.dated(today) for one in EXAMPLES):
        lines += ["", f"# {example.about} (as {example.role})", curl(example, address)]
    return "\n".join(lines)


def _unwatched(_: int) -> None:
    """Nobody watches a progress of seconds."""
