"""A search of the library is answered alike by a plan and by resolvers, field by field, to everybody."""

import pytest
from graphql import GraphQLObjectType

from api.execution import PLANS, coerced, execute, resolved
from api.schema import GRAPHQL
from domain.permissions import Actor
from tests.api.test_planned_equals_executed import leaves
from tests.api.world import ACTORS, AS_NOOR, World

PAGE = "totalCount pageInfo { endCursor hasNextPage } edges { cursor node %s }"
SEARCHES = ("", '(search: "engines learning", first: 1)', '(search: "engnes", filter: {kinds: [ANSWER]})')


def asked(arguments: str) -> str:
    type_ = GRAPHQL.type_map["LibraryEntry"]
    assert isinstance(type_, GraphQLObjectType)
    return f"{{ library{arguments} {{ {PAGE % leaves(type_, 1)} }} }}"


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.id)
@pytest.mark.parametrize("arguments", SEARCHES)
def test_a_search_is_planned_as_it_is_resolved(world: World, arguments: str, actor: Actor) -> None:
    query = asked(arguments)
    document = PLANS.document(query)
    assert not document.errors
    planned = world.run(execute(world.context(actor), query, {}, None))
    assert planned.body == world.run(resolved(world.context(actor), document, {}, None)).body


@pytest.mark.parametrize("arguments", SEARCHES)
def test_a_search_is_one_statement_that_finds_something(world: World, arguments: str) -> None:
    query = asked(arguments)
    values = coerced(PLANS.document(query).operation(None), {})
    assert not isinstance(values, list)
    assert PLANS.plan(query, None, PLANS.document(query).operation(None), values, AS_NOOR) is not None
    assert world.data(query, AS_NOOR)["library"]["edges"]
