"""What has been read and compiled before, so that a known query costs one look and one statement."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.execution.values import VariableValues

from api.arguments import LONGEST_PAGE
from api.planner import Plan, Unplannable, compiled
from api.refusals import Problem
from domain.permissions import Actor

Value = TypeVar("Value")

REMEMBERED: Final = 1_024
REMEMBERED_CHARACTERS: Final = 8_192
"""Longer texts are answered, but not remembered, so that memory stays bounded."""


class Latest(Generic[Value]):
    """Keeps the `size` values that were used last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable) -> Value | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Hashable, value: Value) -> Value:
        self._kept[key] = value
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return value


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text, and what validation finds wrong with it."""

    ast: DocumentNode
    errors: tuple[GraphQLError, ...]
    operations: Mapping[str, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise Problem("OPERATION_NAME_MISSING", "Say by operationName which operation to execute.")
        if name not in self.operations:
            raise Problem("OPERATION_UNKNOWN", "The document has no operation of that name.")
        return self.operations[name]


class PlanCache:
    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._documents: Latest[Document] = Latest(REMEMBERED)
        self._plans: Latest[Plan | Exception] = Latest(REMEMBERED)

    def document(self, text: str) -> Document:
        """Raises GraphQLSyntaxError."""
        known = self._documents.get(text)
        if known is not None:
            return known
        read = self._read(text)
        return self._documents.keep(text, read) if len(text) <= REMEMBERED_CHARACTERS else read

    def _read(self, text: str) -> Document:
        ast = parse(text)
        operations = [part for part in ast.definitions if isinstance(part, OperationDefinitionNode)]
        fragments = {
            part.name.value: part for part in ast.definitions if isinstance(part, FragmentDefinitionNode)
        }
        named = {part.name.value if part.name else "": part for part in operations}
        return Document(ast, tuple(validate(self.schema, ast, hide_suggestions=True)), named, fragments)

    def plan(
        self,
        text: str,
        name: str | None,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        actor: Actor,
    ) -> Plan | None:
        """None where only resolvers can answer.

        What an actor may see is written into the statement, who they are is a parameter: one plan serves
        everybody with the same rights, and all variables of the same outline.
        """
        if operation.operation is not OperationType.QUERY:
            return None
        rights = (actor.roles, actor.scopes, actor.participant is not None)
        key = (text, name, rights, outline(variables.coerced))
        known = self._plans.get(key)
        if known is None:
            known = self._compile(self.document(text), operation, variables, actor)
            if len(text) <= REMEMBERED_CHARACTERS:
                self._plans.keep(key, known)
        return known if isinstance(known, Plan) else None

    def _compile(
        self, document: Document, operation: OperationDefinitionNode, variables: VariableValues, actor: Actor
    ) -> Plan | Exception:
        try:
            return compiled(self.schema, document.fragments, operation, variables, actor)
        except (Unplannable, GraphQLError) as reason:
            return reason


def outline(value: Any) -> Hashable:
    """What a statement depends on: what is given at all, flags, words, page sizes; but no ids and texts."""
    match value:
        case None | bool():
            return value
        case int() if 0 <= value <= LONGEST_PAGE:
            return value
        case Enum():
            return str(value.value)
        case Mapping():
            return tuple((key, outline(value[key])) for key in sorted(value))
    return "..."
