"""Finding the run that a report is about, as far as the actor may see it."""

from uuid import UUID

from api.context import Info
from api.match_run import load_match_run
from api.plan_sql import refuse_forbidden
from api.refusals import Problem
from api.relay import parse_global_id
from api.roots import by_id
from api.runs import ComputedRun
from domain.ids import MatchRunId
from projections.board_shapes import MATCH_RUN


async def computed_run(info: Info, given: str, *, named: bool = False) -> ComputedRun | None:
    """None where the actor may not see it. `named`: who is who is told, which a blind review forbids."""
    refuse_forbidden(info.context.actor, by_id(MATCH_RUN), MATCH_RUN)
    run = MatchRunId(UUID(parse_global_id(given, "MatchRun").key))
    shown = await load_match_run(info, run)
    if shown is None:
        return None
    found = await info.context.runs.computed(info.context, run)
    if named and found.inputs.terms.settings.blind and shown.state != "published":
        raise Problem("RUN_IS_BLIND", "This run is reviewed blindly: ask by the number of a pair.")
    return found
