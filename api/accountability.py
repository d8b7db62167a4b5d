"""How a relationship does as of any moment: metrics, health and why, and what a person adds up to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import orjson
import strawberry
from strawberry import UNSET
from strawberry.dataloader import DataLoader

from api.arguments import Request
from api.context import Context, Info
from api.loading import fetched, fresh_arguments
from api.plan_sql import Sql
from api.refusals import Problem
from api.scalars import Position
from domain.accountability import FORMULA_VERSION, Health, Part, Verdict, health, part
from domain.accountability_settings import AccountabilitySettings, Metric, Target
from domain.permissions import Action, scopes_for
from projections import accountability_shapes as shapes
from projections.report_asked import MomentIsAhead
from projections.report_reasons import reasons

strawberry.enum(
    Verdict, name="HealthVerdict", description="What the health of a relationship is judged to be."
)

Row = Mapping[str, Any]
"""A relationship as projections.measured tells it, and what of it may be seen."""


@strawberry.type(description="A metric, and what its programme aims at by now.")
class MetricValue:
    metric: Metric
    value: float | None = strawberry.field(description="Null where there is nothing to measure yet.")
    target: float | None = strawberry.field(description="Null where the programme does not measure it.")
    at_risk: float | None


@strawberry.type(description="What is measured of a relationship. Paused time counts for nothing.")
class RelationshipMetrics:
    as_of: datetime
    active_days: float
    cadence_days: int
    last_activity_at: datetime
    metrics: list[MetricValue] = strawberry.field(
        description="All of them. Satisfaction is only for the staff that sees what surveys say."
    )
    held: int
    missed: int
    late_cancelled: int
    expected: int = strawberry.field(description="So many meetings should have been held by now.")
    check_ins: int
    check_ins_due: int
    goals: int
    goals_achieved: int
    milestones_due: int
    milestones_on_time: int
    assignments_due: int
    assignments_completed: int
    replies: int = strawberry.field(description="So many words of one side the other has answered.")


@strawberry.type(description="One metric's part in a health score.")
class HealthPart:
    metric: Metric
    value: float
    target: float
    at_risk: float
    weight: int
    score: float = strawberry.field(description="From 0 to 100: 40 where it is at risk, 70 at the target.")


@strawberry.type(name="RelationshipHealth", description="Triage: how likely a relationship needs a look.")
class RelationshipHealth:
    as_of: datetime
    score: int | None = strawberry.field(
        description="From 0 to 100; null where it is too early to tell. Satisfaction is part of it only for"
        " those who see what surveys say."
    )
    verdict: Verdict
    formula_version: int
    parts: list[HealthPart]
    reasons: list[str] = strawberry.field(description="What keeps it from its targets; most of all first.")


@strawberry.type(description="What a person's relationships add up to.")
class PersonAccountability:
    as_of: datetime
    relationships: int
    open: int
    held: int = strawberry.field(description="Meetings of all of them.")
    hours_mentored: float
    check_ins: int = strawberry.field(description="The person's own.")
    response_time: float | None = strawberry.field(
        description="Median hours in which words of the others were answered."
    )


async def _metrics(
    root: Any, info: Info, *, as_of: datetime | None = UNSET, min_position: Position | None = UNSET
) -> RelationshipMetrics | None:
    row = await _measured(root, info, as_of, Action.SEE_METRICS)
    if row is None or not row["metrics_seen"]:
        return None
    targets = _targets(row)
    shown = {one.metric: part(one, 0, row["elapsed"]) for one in targets}
    counts = {name: row[name] for name in COUNTS}
    return RelationshipMetrics(
        as_of=row["as_of"],
        last_activity_at=datetime.fromisoformat(row["last_activity_at"]),
        milestones_on_time=row["milestones_on_time_count"],
        metrics=[_metric(row, metric, shown.get(metric)) for metric in Metric],
        **counts,
    )


def _metric(row: Row, metric: Metric, aim: Part | None) -> MetricValue:
    hidden = metric is Metric.SATISFACTION and not row["satisfaction_seen"]
    target, at_risk = (aim.target, aim.at_risk) if aim else (None, None)
    value = None if hidden else row[metric]
    return MetricValue(metric=metric, value=value, target=target, at_risk=at_risk)


COUNTS: Final = (
    "active_days", "cadence_days", "held", "missed", "late_cancelled", "expected", "check_ins",
    "check_ins_due", "goals", "goals_achieved", "milestones_due", "assignments_due", "assignments_completed",
    "replies",
)  # fmt: skip


async def _health(
    root: Any, info: Info, *, as_of: datetime | None = UNSET, min_position: Position | None = UNSET
) -> RelationshipHealth | None:
    row = await _measured(root, info, as_of, Action.SEE_HEALTH)
    if row is None or not row["health_seen"] or row["accountability"] is None:
        return None
    targets = [one for one in _targets(row) if _seen(row, one)]
    found = _judged(row, targets)
    return RelationshipHealth(
        as_of=row["as_of"],
        score=found.score,
        verdict=found.verdict,
        formula_version=FORMULA_VERSION,
        parts=[_part(one) for one in found.parts],
        reasons=reasons(row, targets),
    )


def _seen(row: Row, target: Target) -> bool:
    """From the score and its other parts, the one that is left out could be reckoned: so it counts for
    nobody who may not see it.
    """
    return target.metric is not Metric.SATISFACTION or bool(row["satisfaction_seen"])


def _judged(row: Row, targets: Sequence[Target]) -> Health:
    known = [one for one in targets if row[one.metric] is not None]
    return health((part(one, row[one.metric], row["elapsed"]) for one in known), row["active_days"])


def _part(one: Part) -> HealthPart:
    return HealthPart(
        metric=one.metric,
        value=one.value,
        target=one.target,
        at_risk=one.at_risk,
        weight=one.weight,
        score=one.score,
    )


def _targets(row: Row) -> tuple[Target, ...]:
    if row["accountability"] is None:
        return ()
    return AccountabilitySettings.model_validate(row["accountability"]).measured()


async def _accountability(
    root: Any, info: Info, *, as_of: datetime | None = UNSET, min_position: Position | None = UNSET
) -> PersonAccountability | None:
    await fresh_arguments(info)
    context, moment = info.context, _moment(info.context, as_of)
    if not scopes_for(context.actor, Action.SEE_METRICS):
        raise Problem("FORBIDDEN", "You are not allowed to read this.")
    sql = Sql(context.actor)
    person, at = sql.parameter(lambda _: root.key, "uuid"), sql.parameter(lambda _: moment, "timestamptz")
    seen = sql.allowed((shapes.OF_A_PERSON,), t="r", as_of=at)
    found = await _read(context, sql, sql.fill(shapes.PERSON, person=person, as_of=at, seen=seen))
    return PersonAccountability(as_of=moment, **found) if found["relationships"] else None


async def _measured(root: Any, info: Info, as_of: datetime | None, action: Action) -> Row | None:
    """Relationships that are asked for at one moment are read together, whatever is asked of each."""
    await fresh_arguments(info)
    context, moment = info.context, _moment(info.context, as_of)
    if not scopes_for(context.actor, action):
        raise Problem("FORBIDDEN", "You are not allowed to read this.")
    loaders = context.loaders
    if (_relationships, moment) not in loaders:
        loaders[_relationships, moment] = DataLoader(partial(_relationships, context, moment), cache=False)
    found: Row | None = await loaders[_relationships, moment].load(root.key)
    return found and {**found, "as_of": moment}


async def _relationships(context: Context, moment: datetime, keys: list[str]) -> list[Row | None]:
    sql = Sql(context.actor)
    ids, at = sql.parameter(lambda _: keys, "uuid[]"), sql.parameter(lambda _: moment, "timestamptz")
    guards = {"metrics": shapes.METRICS, "health": shapes.HEALTH, "satisfaction": shapes.SATISFACTION}
    seen = {name: sql.allowed((guard,), t="r", as_of=at) for name, guard in guards.items()}
    rows = await _read(context, sql, sql.fill(shapes.RELATIONSHIPS, ids=ids, as_of=at, **seen))
    by_key = {row["mentorship_id"]: row for row in rows}
    return [by_key.get(key) for key in keys]


async def _read(context: Context, sql: Sql, statement: str) -> Any:
    request = Request(context.actor, context.cursors)
    return orjson.loads(await fetched(context, statement.encode(), [bind(request) for bind in sql.binds]))


def _moment(context: Context, as_of: datetime | None) -> datetime:
    """Of one request all that is as of now is as of the same moment."""
    now: datetime = context.loaders.setdefault(_moment, context.now())
    if as_of is None or as_of is UNSET:
        return now
    if as_of.tzinfo is None or as_of > now:
        raise Problem(MomentIsAhead().code, MomentIsAhead().sentence)
    return as_of


AS_OF: Final = "As of that moment, or of now."
metrics_field = partial(strawberry.field, resolver=_metrics, description=f"What is measured. {AS_OF}")
health_field = partial(
    strawberry.field,
    resolver=_health,
    description=f"For the staff; null outside any programme. {AS_OF}",
)
accountability_field = partial(
    strawberry.field,
    resolver=_accountability,
    description=f"For the person and the staff of their programmes: null where there is nothing. {AS_OF}",
)
