"""What an operation may make us read: its fields, times the items of the lists they stand in."""

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

BEYOND: Final = 1_000_000_000
"""Fragments double at every spread; nobody needs the exact figure from here on."""

PAGE: Final = 20
"""Items of a connection where the document does not say how many."""
LIST: Final = 5
"""Items of a plain list."""


class Cost:
    """Fields times the items of the lists they stand in; introspection costs its fields only."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self.schema, self.fragments, self.variables = schema, fragments, variables
        self.known: dict[str, int] = {}

    def of_operation(self, operation: OperationDefinitionNode) -> int:
        declared = {v.variable.name.value: v.default_value for v in operation.variable_definitions or ()}
        defaults = {name: self._value(value) for name, value in declared.items() if value is not None}
        self.variables = {**defaults, **self.variables}
        return self._selections(operation.selection_set, self.schema.get_root_type(operation.operation))

    def _selections(self, selected: SelectionSetNode | None, parent: GraphQLNamedType | None) -> int:
        cost = 0
        for selection in selected.selections if selected else ():
            match selection:
                case FieldNode():
                    cost += self._field(selection, parent)
                case InlineFragmentNode():
                    condition = selection.type_condition
                    on = self.schema.get_type(condition.name.value) if condition else parent
                    cost += self._selections(selection.selection_set, on)
                case FragmentSpreadNode():
                    cost += self._fragment(selection.name.value)
        return cost

    def _fragment(self, name: str) -> int:
        if name not in self.fragments:
            return 0
        if name not in self.known:
            definition = self.fragments[name]
            on = self.schema.get_type(definition.type_condition.name.value)
            self.known[name] = self._selections(definition.selection_set, on)
        return self.known[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> int:
        definition = None
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            definition = parent.fields.get(node.name.value)
        if definition is None:
            return 1 + self._selections(node.selection_set, None)
        kind = get_named_type(definition.type)
        items = self._items(node, parent, kind, definition.type)
        return min(1 + items * self._selections(node.selection_set, kind), BEYOND)

    def _items(self, node: FieldNode, parent: Any, kind: GraphQLNamedType, declared: Any) -> int:
        if kind.name.endswith("Connection"):
            sizes = [self._value(a.value) for a in node.arguments or () if a.name.value in ("first", "last")]
            return max((size for size in sizes if isinstance(size, int)), default=PAGE)
        if isinstance(declared, GraphQLNonNull):
            declared = declared.of_type
        if not isinstance(declared, GraphQLList) or parent.name.endswith("Connection"):
            return 1
        lists = [self._value(a.value) for a in node.arguments or ()]
        return max((len(value) for value in lists if isinstance(value, list | tuple)), default=LIST)

    def _value(self, node: Node) -> Any:
        match node:
            case IntValueNode():
                return int(node.value[:12])
            case ListValueNode():
                return node.values
            case VariableNode():
                return _whole(self.variables.get(node.name.value))
        return None


def size_of(value: Any) -> int | None:
    """All of a variable's value that a cost can depend on."""
    if isinstance(value, list):
        return -1 - len(value)
    whole = _whole(value)
    return whole if isinstance(whole, int) and not isinstance(whole, bool) else None


def _whole(value: Any) -> Any:
    """An Int variable may come as 100.0, which counts as much as 100."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
