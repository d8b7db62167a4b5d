"""Compiles a whole query into one SQL statement whose result is the finished JSON of `data`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    VariableNode,
    get_argument_values,
    get_named_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from api.arguments import Arguments, Bind, Request, Source
from api.nodes import node_arguments, node_branches
from api.plan_sql import Page, Sql, Step, joined, literal, refuse_forbidden
from api.refusals import camel
from api.roots import SHAPES, edges_of
from domain.permissions import Actor
from projections.shape import Column, Connection, Edge, Many, One, Shape

COLUMNS: Final[Mapping[str, Mapping[str, Column]]] = {
    shape.name: {camel(column.name): column for column in shape.columns} for shape in SHAPES.values()
}


class Unplannable(Exception):
    """The operation asks for something that no shape describes; resolvers answer it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Raises Unplannable, or a Problem where there will be an error: resolvers say it in its place."""

    statement: bytes
    binds: tuple[Bind, ...]
    sources: tuple[tuple[GraphQLField, FieldNode], ...]
    minimums: tuple[Bind, ...]

    def request(self, actor: Actor, cursors: Any, variables: VariableValues) -> Request:
        read = tuple(get_argument_values(field, node, variables) for field, node in self.sources)
        return Request(actor, cursors, read)


def compiled(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    operation: OperationDefinitionNode,
    variables: VariableValues,
    actor: Actor,
) -> Plan:
    """Raises Unplannable, or a Problem where there will be an error: resolvers say it in its place."""
    known = {name: FragmentDetails(definition) for name, definition in fragments.items()}
    return _Compiler(schema, known, operation, variables, actor).plan()


class _Compiler:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: dict[str, FragmentDetails],
        operation: OperationDefinitionNode,
        variables: VariableValues,
        actor: Actor,
    ) -> None:
        self.schema, self.fragments, self.operation, self.variables = schema, fragments, operation, variables
        self.sql = Sql(actor)
        self.sources: list[tuple[GraphQLField, FieldNode]] = []
        self.places: dict[int, int] = {}
        self.minimums: list[Bind] = []

    def plan(self) -> Plan:
        query = self.schema.query_type
        assert query is not None  # noqa: S101 a schema without queries is not ours
        collected = collect_fields(self.schema, self.fragments, self.variables, query, self.operation)
        body = self._object(
            collected.grouped_field_set, query, lambda name, found: self._root(name, found, query)
        )
        return Plan(
            f"SELECT {body}".encode(), tuple(self.sql.binds), tuple(self.sources), tuple(self.minimums)
        )

    def _object(
        self,
        grouped: Mapping[str, FieldDetailsList],
        type_: GraphQLObjectType,
        value: Callable[[str, FieldDetailsList], str],
    ) -> str:
        return joined(self._members(grouped, type_, value))

    def _members(
        self,
        grouped: Mapping[str, FieldDetailsList],
        type_: GraphQLObjectType,
        value: Callable[[str, FieldDetailsList], str],
    ) -> Iterator[str]:
        before = "{"
        for key, found in grouped.items():
            yield literal(f'{before}"{key}":')
            name = found[0].node.name.value
            yield literal(f'"{type_.name}"') if name == "__typename" else value(name, found)
            before = ","
        yield literal("}" if grouped else "{}")

    def _under(self, found: FieldDetailsList, type_: GraphQLObjectType) -> Mapping[str, FieldDetailsList]:
        return collect_subfields(
            self.schema, self.fragments, self.variables, self.operation, type_, found
        ).grouped_field_set

    def _root(self, name: str, found: FieldDetailsList, query: GraphQLObjectType) -> str:
        given = self._arguments(query, found) if name in query.fields else Arguments()
        if given.has("minPosition"):
            self.minimums.append(given.value("minPosition"))
        if name in ("node", "nodes"):
            return self._nodes(name, found, given)
        edge = edges_of(query.name).get(name)
        if edge is None:
            raise Unplannable(name)
        return self._edge(edge, query, found, "", given)

    def _nodes(self, name: str, found: FieldDetailsList, given: Arguments) -> str:
        return node_branches(
            self.sql,
            node_arguments(name, given),
            name == "nodes",
            lambda shape, alias: self._row(shape, alias, found),
        )

    def _row(self, shape: Shape, alias: str, found: FieldDetailsList) -> str:
        type_ = self._type(shape.name)

        def value(name: str, below: FieldDetailsList) -> str:
            column = COLUMNS[shape.name].get(name)
            if column is not None:
                return self.sql.leaf(column, alias)
            edge = shape.edges.get(name)
            if edge is None:
                raise Unplannable(name)
            return self._edge(edge, type_, below, alias, self._arguments(type_, below))

        return self._object(self._under(found, type_), type_, value)

    def _edge(
        self, edge: Edge, parent: GraphQLObjectType, found: FieldDetailsList, alias: str, given: Arguments
    ) -> str:
        shape, name = SHAPES[edge.target], found[0].node.name.value
        refuse_forbidden(self.sql.actor, edge, shape)
        body = lambda shape, row: self._row(shape, row, found)
        match edge:
            case One():
                return self.sql.one(Step(edge, shape, alias, given, name), body)
            case Many():
                return self.sql.many(Step(edge, shape, alias, given, name), body)
            case Connection():
                step = Step(edge, shape, alias, given, f"{parent.name}.{name}")
                return self._connection(step, parent.fields[name], found)

    def _connection(self, step: Step[Connection], field: GraphQLField, found: FieldDetailsList) -> str:
        page = self.sql.page(step)
        type_ = _object_type(field)

        def value(name: str, below: FieldDetailsList) -> str:
            match name:
                case "edges":
                    return page.listed(self._page_edge(type_, step.shape, below, page))
                case "nodes":
                    return page.listed(self._row(step.shape, page.alias, below))
                case "pageInfo":
                    return self._page_info(below, page)
                case "totalCount":
                    return self.sql.total(step)
            raise Unplannable(name)

        body = self._object(self._under(found, type_), type_, value)
        return f"(SELECT {body} FROM {page.source} HAVING true)"  # noqa: S608 only static parts meet here

    def _page_edge(
        self, connection: GraphQLObjectType, shape: Shape, found: FieldDetailsList, page: Page
    ) -> str:
        type_ = _object_type(connection.fields["edges"])

        def value(name: str, below: FieldDetailsList) -> str:
            return page.row_cursor if name == "cursor" else self._row(shape, page.alias, below)

        return self._object(self._under(found, type_), type_, value)

    def _page_info(self, found: FieldDetailsList, page: Page) -> str:
        type_ = self._type("PageInfo")
        return self._object(self._under(found, type_), type_, lambda name, _: page.info[name])

    def _type(self, name: str) -> GraphQLObjectType:
        type_ = self.schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)  # noqa: S101 shapes are object types
        return type_

    def _arguments(self, parent: GraphQLObjectType, found: FieldDetailsList) -> Arguments:
        node = found[0].node
        field = parent.fields[node.name.value]
        sample = get_argument_values(field, node, self.variables)
        if not any(_has_variable(argument.value) for argument in node.arguments or ()):
            return Arguments.fixed(sample)
        return Arguments(sample, lambda: self._source(field, node))

    def _source(self, field: GraphQLField, node: FieldNode) -> Source:
        """A request reads the arguments that are parameters; the others are part of the statement."""
        at = self.places.setdefault(id(node), len(self.sources))
        if at == len(self.sources):
            self.sources.append((field, node))
        return lambda request: request.arguments[at]


def _object_type(field: GraphQLField) -> GraphQLObjectType:
    type_ = get_named_type(field.type)
    assert isinstance(type_, GraphQLObjectType)  # noqa: S101 connections and their edges are objects
    return type_


def _has_variable(node: Node) -> bool:
    match node:
        case VariableNode():
            return True
        case ObjectValueNode(fields=fields):
            return any(_has_variable(field.value) for field in fields)
        case ListValueNode(values=values):
            return any(map(_has_variable, values))
    return False
