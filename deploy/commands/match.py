"""`chiron match`: pair the people of a programme, and see who is with whom and who stays without."""

from typing import Annotated, Any
from uuid import UUID

import orjson
import psycopg
import typer
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from deploy import match_desk, wiring
from deploy.commands import progress
from deploy.commands.screen import answers, fault, tell
from deploy.match_desk import Desk, Standing
from deploy.settings import load
from domain.matching_settings import Objective

BAD_INPUT = 2

RUN = """
SELECT run_id::text AS run, state, label, seed, pool_position, pool_digest, engine, inputs_digest, digest,
       totals
  FROM match_runs WHERE run_id = %(run)s
"""
PAIRS = """
WITH people AS (
    SELECT k.participant_id, upper(left(k.person_key::text, 8)) AS label, f.name,
           r.blind AND r.state <> 'published' AS hidden
      FROM run_people k JOIN match_runs r USING (run_id) LEFT JOIN profiles f USING (participant_id)
     WHERE k.run_id = %(run)s),
shown AS (
    SELECT participant_id, CASE WHEN hidden THEN jsonb_build_object('label', label)
                                ELSE jsonb_build_object('id', participant_id, 'name', name) END AS person
      FROM people)
SELECT p.number, p.score, p.rank, p.locked, p.approved,
       (SELECT jsonb_agg(s.person ORDER BY array_position(p.mentees, s.participant_id))
          FROM shown s WHERE s.participant_id = ANY (p.mentees)) AS mentees,
       (SELECT jsonb_agg(s.person ORDER BY array_position(p.mentors, s.participant_id))
          FROM shown s WHERE s.participant_id = ANY (p.mentors)) AS mentors,
       n.code AS not_proposed
  FROM run_pairs p LEFT JOIN match_not_proposed n ON n.run_id = p.run_id AND n.number = p.number
 WHERE p.run_id = %(run)s ORDER BY p.number
"""
UNMATCHED = """
SELECT u.side, u.reason, u.rules,
       CASE WHEN r.blind AND r.state <> 'published'
            THEN jsonb_build_object('label', upper(left(u.person_key::text, 8)))
            ELSE jsonb_build_object('id', k.participant_id, 'name', f.name) END AS person
  FROM run_unmatched u JOIN match_runs r USING (run_id) JOIN run_people k USING (person_key)
  LEFT JOIN profiles f USING (participant_id)
 WHERE u.run_id = %(run)s ORDER BY u.side, u.person_key
"""

Json = dict[str, Any]


def match(
    program: Annotated[str, typer.Argument(help="The programme's id or name.")],
    label: Annotated[str | None, typer.Option(help="What to call the run.")] = None,
    objective: Annotated[Objective | None, typer.Option(help="Instead of the programme's.")] = None,
    weights: Annotated[
        str | None, typer.Option(help="Such as competencies=6000,languages=4000: 10000 together.")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Approve all pairs, and propose them.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> int:
    """Pair the people of a programme; print the pairs, who stays without and why, and the figures."""
    said: Json = {} if objective is None else {"objective": objective}
    if weights is not None:
        said["weights"] = match_desk.weights(weights)
    with wiring.organisation_there(load(), tell) as settings, match_desk.opened(settings) as desk:
        own = desk.find(program)
        run = desk.request(own, said, label)
        found = _computed(desk, run)
        if found.state != "draft":
            return _failed(found)
        told = board(desk.connection, run)
        if publish and told["pairs"]:
            desk.publish(run, own)
            _proposed(desk, run)
            told = board(desk.connection, run)
    _print_json(told) if as_json else _print_tables(told)
    if publish and not told["pairs"]:
        fault("NOTHING_TO_PUBLISH", "The run has no pairs: see why everybody stays without.")
        return BAD_INPUT
    return 0


def _failed(found: Standing) -> int:
    sentence = found.failure or f"Somebody else has decided: the run is {found.state}."
    fault(found.failure_code or "RUN_IS_OVER", sentence)
    return BAD_INPUT


def _computed(desk: Desk, run: UUID) -> Standing:
    with progress.passing() as bar:
        return desk.follow(run, _told(bar), lambda found: found.state != "computing")


def _proposed(desk: Desk, run: UUID) -> None:
    over = lambda found: found.state == "published" and found.missing <= 0
    with progress.passing() as bar:
        desk.follow(run, _told(bar), over)


def _told(bar: Progress) -> match_desk.Told:
    task = bar.add_task("waiting", total=None)
    return lambda stage, done, of: bar.update(task, description=stage, completed=done, total=of)


def board(connection: psycopg.Connection[tuple[Any, ...]], run: UUID) -> Json:
    """The run as the read model has it; the gap is a share of the bound."""
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        asked = {"run": run}
        [told] = cursor.execute(RUN, asked).fetchall()
        pairs = cursor.execute(PAIRS, asked).fetchall()
        unmatched = cursor.execute(UNMATCHED, asked).fetchall()
    totals = told["totals"]
    gap = (totals["bound"] - totals["total"]) / totals["bound"] if totals["bound"] else 0.0
    return {**told, "totals": {**totals, "gap": gap}, "pairs": pairs, "unmatched": unmatched}


def _print_json(told: Json) -> None:
    answers.print(orjson.dumps(told).decode(), markup=False)


def _print_tables(told: Json) -> None:
    if told["pairs"]:
        answers.print(_pairs(told))
    if told["unmatched"]:
        answers.print(_unmatched(told["unmatched"]))
    answers.print(_figures(told), markup=False)


def _pairs(told: Json) -> Table:
    table = Table("pair", "mentee", "mentor", "score", "rank", "", title=Text(told["label"] or ""))
    for pair in told["pairs"]:
        marks = [mark for mark in ("locked", "approved") if pair[mark]] + [pair["not_proposed"] or ""]
        people = (_people(pair["mentees"]), _people(pair["mentors"] or []))
        table.add_row(str(pair["number"]), *people, f"{pair['score']:,}", str(pair["rank"]), " ".join(marks))
    return table


def _unmatched(found: list[Json]) -> Table:
    table = Table("without", "side", "reason", "rules")
    for one in found:
        rules = ", ".join(one["rules"])
        table.add_row(_people([one["person"]]), one["side"], one["reason"].replace("_", " "), rules)
    return table


def _people(people: list[Json]) -> Text:
    """Whatever stands in a name is shown as it is."""
    return Text("\n").join(
        Text(person["label"] if "label" in person else f"{person['name'] or ''} {person['id']}".strip())
        for person in people
    )


def _figures(told: Json) -> str:
    totals = told["totals"]
    scores = f" worst {totals['worst']:,}, mean {totals['mean']:,};" if totals["placed"] else ""
    return (
        f"{totals['placed']:,} of {totals['mentees']:,} mentees placed with {totals['mentors']:,} mentors"
        f" ({totals['places']:,} places); total {totals['total']:,}, at most {totals['gap']:.4%} below the"
        f" best there is;{scores} run {told['run']}, {told['state']}, seed {told['seed']}"
    )
