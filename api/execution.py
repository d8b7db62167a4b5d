"""Answers a query or a mutation: by one planned statement where there is a plan, else by resolvers."""

from typing import Any, Final

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    get_variable_values,
)
from graphql import execute as graphql_execute
from graphql.execution.values import VariableValues

from api.context import Context
from api.loading import caught_up, fetched
from api.operations import Answer, coded, refusal, rendered
from api.plan_cache import Document, PlanCache
from api.planner import Plan
from api.refusals import Problem, formatted
from api.schema import GRAPHQL

PLANS: Final = PlanCache(GRAPHQL)
MAX_ERRORS: Final = 20


async def execute(
    context: Context, query_text: str, variables: dict[str, Any] | None, operation_name: str | None
) -> Answer:
    """Raises a Problem where the database cannot answer a plan."""
    try:
        document = PLANS.document(query_text)
        operation = document.operation(operation_name)
    except GraphQLSyntaxError as error:
        return refusal(coded(error, "SYNTAX_ERROR"))
    except Problem as problem:
        return refusal(problem)
    if document.errors:
        return refusals([coded(error, "INVALID_DOCUMENT") for error in document.errors])
    values = coerced(operation, variables)
    if isinstance(values, list):
        return refusals([coded(error, "BAD_VARIABLES") for error in values])
    plan = PLANS.plan(query_text, operation_name, operation, values, context.actor)
    request = None if plan is None else await bound(context, plan, values)
    if plan is None or request is None:
        return await resolved(context, document, variables, operation_name)
    body = await fetched(context, plan.statement, request)
    return Answer(b'{"data":%b}' % context.cursors.fill(body), executed=True)


def coerced(
    operation: OperationDefinitionNode, variables: dict[str, Any] | None
) -> VariableValues | list[GraphQLError]:
    if not operation.variable_definitions:
        return NO_VARIABLES
    return get_variable_values(
        GRAPHQL, operation.variable_definitions, variables or {}, max_errors=MAX_ERRORS, hide_suggestions=True
    )


def refusals(errors: list[GraphQLError]) -> Answer:
    return Answer(orjson.dumps({"errors": [formatted(error) for error in errors]}), executed=False)


NO_VARIABLES: Final = VariableValues({}, {})


async def bound(context: Context, plan: Plan, variables: VariableValues) -> list[Any] | None:
    """The plan's parameters; None where a word of the client's cannot be used, which resolvers then say."""
    request = plan.request(context.actor, context.cursors, variables)
    try:
        for minimum in plan.minimums:
            if not await caught_up(context, minimum(request)):
                return None
        return [bind(request) for bind in plan.binds]
    except Problem:
        return None


async def resolved(
    context: Context, document: Document, variables: dict[str, Any] | None, operation_name: str | None
) -> Answer:
    """Through graphql-core, which every plan must agree with byte by byte."""
    result = graphql_execute(
        GRAPHQL,
        document.ast,
        context_value=context,
        variable_values=variables,
        operation_name=operation_name,
        max_coercion_errors=MAX_ERRORS,
        hide_suggestions=True,
    )
    if not isinstance(result, ExecutionResult):
        result = await result
    in_order = sorted(result.errors, key=_place) if result.errors else None
    return Answer(rendered(ExecutionResult(result.data, in_order)), executed=True)


def _place(error: GraphQLError) -> tuple[list[int], list[tuple[int, str]]]:
    """Where the error is in the document and in the answer: which statement came back first says nothing."""
    return list(error.positions or ()), [
        (step, "") if isinstance(step, int) else (-1, step) for step in error.path or ()
    ]
