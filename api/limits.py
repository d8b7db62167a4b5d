"""What a document may cost. Counted before validation, once a text: an abusive one is refused cheaply."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TokenKind,
    VariableNode,
)
from graphql.language.parser import Parser

from api.cost import BEYOND, Cost, size_of
from api.refusals import Problem


@dataclass(frozen=True, slots=True)
class Limits:
    """`cost` counts fields, those of a list as often as it may have items; the rest counts what is written,
    fragments expanded."""

    body_bytes: int = 262_144
    characters: int = 40_000
    tokens: int = 2_000
    depth: int = 16
    nesting: int = 64
    aliases: int = 60
    directives: int = 60
    fields: int = 600
    repeats: int = 40
    fragments: int = 50
    introspection_lists: int = 3
    cost: int = 10_000
    variable_depth: int = 24
    seconds: float = 10.0


COSTS_REMEMBERED: Final = 32
LONGEST_QUOTE: Final = 200
REMEMBERED_TEXT: Final = 8_192
REMEMBERED: Final = 1_024
INTROSPECTION_LISTS: Final = frozenset({"fields", "interfaces", "possibleTypes", "inputFields"})
OPENING: Final = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
CLOSING: Final = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


class Excess(Problem):
    """One of the limits, by name and figure."""

    def __init__(self, code: str, what: str, limit: float, figure: float | None = None) -> None:
        told = f" It has {figure}." if figure is not None else ""
        super().__init__(code, f"{what} The limit is {limit}.{told}", limit=limit, figure=figure)


class BadSyntax(Problem):
    """Where the text stops being a document; what is quoted of it is cut short."""

    def __init__(self, error: GraphQLError) -> None:
        super().__init__("SYNTAX_ERROR", error.message[:LONGEST_QUOTE])
        self.source, self.positions, self.locations = error.source, error.positions, error.locations


class BoundedParser(Parser):
    """Stops at the first token too many, and at the first bracket too deep for a recursive descent."""

    def __init__(self, text: str, limits: Limits) -> None:
        super().__init__(text)
        self.limits, self.nested = limits, 0

    def advance_lexer(self) -> None:
        super().advance_lexer()
        if self.token_count > self.limits.tokens:
            raise Excess("TOO_MANY_TOKENS", "The document has too many tokens.", self.limits.tokens)
        kind = self._lexer.token.kind
        if kind in OPENING:
            self.nested += 1
            if self.nested > self.limits.nesting:
                raise Excess("TOO_DEEP", "The document is nested too deeply.", self.limits.nesting)
        elif kind in CLOSING:
            self.nested -= 1


@dataclass(slots=True)
class Totals:
    """What is written, fragments expanded."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    repeats: int = 0
    depth: int = 0
    introspection_lists: int = 0

    def add(self, other: "Totals", deeper: int = 0) -> None:
        self.fields = min(self.fields + other.fields, BEYOND)
        self.aliases = min(self.aliases + other.aliases, BEYOND)
        self.directives = min(self.directives + other.directives, BEYOND)
        self.repeats = min(self.repeats + other.repeats, BEYOND)
        self.depth = max(self.depth, other.depth + deeper)
        self.introspection_lists = max(self.introspection_lists, other.introspection_lists)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A document within the limits; `sizes` are the variables that say how long a list will be."""

    text: str
    document: DocumentNode
    operations: Mapping[str, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    introspects: bool
    sizes: tuple[str, ...]
    costs: dict[Any, int] = field(default_factory=OrderedDict, compare=False)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise Problem("OPERATION_NAME_MISSING", "Say by operationName which operation to execute.")
        if name not in self.operations:
            raise Problem("OPERATION_UNKNOWN", "The document has no operation of that name.")
        return self.operations[name]


class Gate:
    """Lets a text through as a parsed document, or refuses it by a code."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, introspection: bool = True) -> None:
        self.schema, self.limits, self.introspection = schema, limits, introspection
        self._remembered: Callable[[str], Admitted] = lru_cache(REMEMBERED)(self._admit)

    def admit(self, text: str) -> Admitted:
        if len(text) > REMEMBERED_TEXT:
            return self._admit(text)
        return self._remembered(text)

    def charge(
        self, admitted: Admitted, operation_name: str | None, variables: Mapping[str, Any] | None
    ) -> int:
        """The operation's cost with these variables; refused when too high."""
        operation = admitted.operation(operation_name)
        values = variables or {}
        key = (operation_name, *(size_of(values.get(name)) for name in admitted.sizes))
        cost = admitted.costs.get(key)
        if cost is None:
            cost = admitted.costs[key] = Cost(self.schema, admitted.fragments, values).of_operation(operation)
            if len(admitted.costs) > COSTS_REMEMBERED:
                admitted.costs.pop(next(iter(admitted.costs)))
        if cost > self.limits.cost:
            raise Excess("TOO_COSTLY", "The operation asks for too much at once.", self.limits.cost, cost)
        return cost

    def check_variables(self, variables: Any) -> None:
        """Nested no deeper than anything we take; whoever coerces them recurses."""
        level, depth = [variables], 0
        while level:
            depth += 1
            if depth > self.limits.variable_depth:
                limit = self.limits.variable_depth
                raise Excess("VARIABLES_TOO_DEEP", "The variables are nested too deeply.", limit)
            level = [part for value in level for part in _parts(value) if isinstance(part, dict | list)]

    def _admit(self, text: str) -> Admitted:
        if len(text) > self.limits.characters:
            limit = self.limits.characters
            raise Excess("DOCUMENT_TOO_LONG", "The document has too many characters.", limit, len(text))
        document = self._parse(text)
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        if not operations:
            raise Problem("OPERATION_MISSING", "The document has no operation.")
        if len(fragments) > self.limits.fragments:
            limit = self.limits.fragments
            raise Excess("TOO_MANY_FRAGMENTS", "The document has too many fragments.", limit, len(fragments))
        counted = _Count(fragments, self.limits)
        counted.check(document)
        if counted.introspects and not self.introspection:
            raise Problem("INTROSPECTION_DISABLED", "Introspection is switched off here.")
        named = {d.name.value if d.name else "": d for d in operations}
        return Admitted(text, document, named, fragments, counted.introspects, tuple(sorted(counted.sizes)))

    def _parse(self, text: str) -> DocumentNode:
        try:
            return BoundedParser(text, self.limits).parse_document()
        except Problem:
            raise
        except GraphQLError as error:
            raise BadSyntax(error) from None


class _Count:
    """One walk over every definition; a fragment is walked once, however often it is spread."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self.fragments, self.limits = fragments, limits
        self.known: dict[str, Totals | None] = {}
        self.introspects = False
        self.sizes: set[str] = set()

    def check(self, document: DocumentNode) -> None:
        whole = Totals()
        for definition in document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self._within(self._fragment(definition.name.value))
            elif isinstance(definition, OperationDefinitionNode):
                whole.directives += sum(
                    len(v.directives or ()) for v in definition.variable_definitions or ()
                )
                whole.add(self._selections(definition.selection_set, definition.directives))
                self._within(whole)

    def _selections(self, selected: SelectionSetNode | None, on: tuple[DirectiveNode, ...] | None) -> Totals:
        totals = Totals(directives=len(on or ()))
        keys = [
            (s.alias or s.name).value
            for s in (selected.selections if selected else ())
            if isinstance(s, FieldNode)
        ]
        totals.repeats = len(keys) - len(set(keys))
        for selection in selected.selections if selected else ():
            match selection:
                case FieldNode():
                    totals.add(self._field(selection), deeper=1)
                case InlineFragmentNode():
                    totals.add(self._selections(selection.selection_set, selection.directives))
                case FragmentSpreadNode():
                    totals.directives += len(selection.directives or ())
                    totals.add(self._fragment(selection.name.value))
        return totals

    def _field(self, node: FieldNode) -> Totals:
        totals = self._selections(node.selection_set, node.directives)
        totals.fields += 1
        totals.aliases += node.alias is not None
        totals.introspection_lists += node.name.value in INTROSPECTION_LISTS
        self.introspects |= node.name.value in ("__schema", "__type")
        self.sizes |= {a.value.name.value for a in node.arguments or () if isinstance(a.value, VariableNode)}
        return totals

    def _fragment(self, name: str) -> Totals:
        if name not in self.fragments:
            return Totals()
        if name not in self.known:
            self.known[name] = None
            definition = self.fragments[name]
            self.known[name] = self._selections(definition.selection_set, definition.directives)
        found = self.known[name]
        if found is None:
            raise Problem("FRAGMENT_CYCLE", "A fragment spreads itself.")
        return found

    def _within(self, totals: Totals) -> None:
        limits = self.limits
        checks = (
            ("TOO_MANY_FIELDS", "The document selects too many fields.", limits.fields, totals.fields),
            ("TOO_MANY_ALIASES", "The document has too many aliases.", limits.aliases, totals.aliases),
            (
                "TOO_MANY_DIRECTIVES",
                "The document has too many directives.",
                limits.directives,
                totals.directives,
            ),
            (
                "TOO_MANY_REPEATS",
                "The document selects fields again and again.",
                limits.repeats,
                totals.repeats,
            ),
            ("TOO_DEEP", "The document is nested too deeply.", limits.depth, totals.depth),
        )
        for code, sentence, limit, figure in checks:
            if figure > limit:
                raise Excess(code, sentence, limit, figure)
        if self.introspects and totals.introspection_lists >= limits.introspection_lists:
            limit, figure = limits.introspection_lists - 1, totals.introspection_lists
            raise Excess("INTROSPECTION_TOO_DEEP", "The introspection goes in circles.", limit, figure)


def _parts(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
