"""Draws valid queries from the schema: fields, aliases, fragments, arguments, variables, directives."""

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import strategies as st

DEPTH = 4
COMPUTED = {
    "competencySuggestions", "suggestions", "matchExplanation", "whyNot", "matchFairness", "matchComparison",
    "directory", "recruitmentReport", "libraryTopics", "documentLink", "meetingInvitation",
    "templateVariables", "previewTemplate", "previewAnnouncement",
}  # fmt: skip
"""What no table holds: resolvers alone answer it."""
COMPUTED_OF = {
    "Mentorship": {"health", "metrics"},
    "Notification": {"wording"},
    "Participant": {"accountability"},
    "Program": {"reports", "surveyResults"},
    "Webhook": {"secret"},
}
"""The same of other types."""
ID_OF = {"manager": "participant", "staff": "participant", "run": "matchRun", "runs": "matchRun"}
ID_OF |= {"mentee": "participant", "mentor": "participant", "assignee": "participant"}
ID_OF |= {"askedOf": "participant"}


@dataclass
class Vocabulary:
    """Values worth trying: by scalar, ids by whom they are asked of, the cursors each list gave out."""

    scalars: dict[str, list[Any]]
    ids: dict[str, list[str]]
    cursors: dict[str, list[str]]


@dataclass
class Draft:
    schema: GraphQLSchema
    words: Vocabulary
    draw: Any
    variables: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0

    def one_of(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def seldom(self) -> bool:
        return bool(self.draw(st.integers(0, 5)) == 0)

    def operation(self) -> str:
        query = self.schema.query_type
        assert query is not None
        body = self.selections(query, 0)
        declared = ", ".join(f"${name}: {type_}" for name, type_ in self.variables.items())
        return " ".join([f"query Q{f'({declared})' if declared else ''} {body}", *self.fragments])

    def selections(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        parts = []
        if isinstance(type_, GraphQLInterfaceType):
            parts = [
                "id",
                *(f"... on {one.name} {self.selections(one, depth)}" for one in self.some_types(type_)),
            ]
        computed = COMPUTED | COMPUTED_OF.get(type_.name, set())
        names = [
            name
            for name, one in type_.fields.items()
            if name not in computed and (depth < DEPTH or is_leaf_type(get_named_type(one.type)))
        ]
        names = ["__typename"] if isinstance(type_, GraphQLInterfaceType) else [*names, "__typename"]
        for name in self.draw(st.lists(st.sampled_from(names), min_size=1, max_size=5)):
            parts.append(self.fragmented(type_, self.selection(type_, name, depth), depth))
        return "{ " + " ".join(parts) + " }"

    def some_types(self, type_: GraphQLInterfaceType) -> list[GraphQLObjectType]:
        possible = sorted(self.schema.get_possible_types(type_), key=lambda one: one.name)
        chosen: list[GraphQLObjectType] = self.draw(st.lists(st.sampled_from(possible), max_size=3))
        return chosen

    def fragmented(self, type_: Any, selection: str, depth: int) -> str:
        match self.draw(st.integers(0, 9)):
            case 0:
                return f"...{self.directive()} {{ {selection} }}"
            case 1:
                return f"... on {type_.name}{self.directive()} {{ {selection} }}"
            case 2:
                name = f"F{len(self.fragments)}"
                self.fragments.append(f"fragment {name} on {type_.name} {{ {selection} }}")
                return f"...{name}{self.directive()} ...{name}"
        return selection

    def selection(self, type_: Any, name: str, depth: int) -> str:
        if name == "__typename":
            return f"t{type_.name}: __typename"
        one: GraphQLField = type_.fields[name]
        below = get_named_type(one.type)
        arguments = self.arguments(f"{type_.name}.{name}", one)
        directive = self.directive()
        # Whatever could differ between two selections has a key of its own, so that the document stays valid.
        plain = not arguments and self.draw(st.booleans()) and type_.name != "Node"
        key = f"{type_.name}_{name}" if plain else self.alias()
        under = "" if is_leaf_type(below) else " " + self.selections(below, depth + 1)  # type: ignore[arg-type] # what is no leaf has fields
        return f"{key}: {name}{arguments}{directive}{under}"

    def alias(self) -> str:
        self.aliases += 1
        return f"a{self.aliases}"

    def directive(self) -> str:
        if not self.seldom():
            return ""
        flag = self.draw(st.booleans())
        value = self.variable("Boolean!", flag) if self.draw(st.booleans()) else str(flag).lower()
        return f" @{self.one_of('skip', 'include')}(if: {value})"

    def arguments(self, where: str, one: GraphQLField) -> str:
        given = []
        backward = self.draw(st.booleans())
        for name, argument in one.args.items():
            page = name in ("first", "after", "last", "before")
            if (
                page
                and name in (("first", "after") if backward else ("last", "before"))
                and not self.seldom()
            ):
                continue
            if is_required_argument(argument) or self.draw(st.integers(0, 2)) == 0:
                given.append(f"{name}: {self.argument(where, name, argument)}")
        return f"({', '.join(given)})" if given else ""

    def argument(self, where: str, name: str, argument: GraphQLArgument) -> str:
        value = self.value(where, name, argument.type)
        if self.draw(st.booleans()):
            return self.variable(str(argument.type), value)
        return self.literal(argument.type, value)

    def variable(self, type_: str, value: Any) -> str:
        name = f"v{len(self.variables)}"
        default = (
            value is not None and not isinstance(value, dict | list) and self.seldom() and type_ == "Int"
        )
        self.variables[name] = f"{type_} = 2" if default else type_
        if not (default or (value is None and self.draw(st.booleans()))):
            self.values[name] = value
        return f"${name}"

    def value(self, where: str, name: str, type_: Any) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return (
                self.value(where, name, type_.of_type)
                if not isinstance(type_.of_type, GraphQLNonNull)
                else None
            )
        if isinstance(type_, GraphQLList):
            return [self.value(where, name, type_.of_type) for _ in range(self.draw(st.integers(0, 3)))]
        if isinstance(type_, GraphQLInputObjectType):
            chosen = self.draw(st.lists(st.sampled_from(sorted(type_.fields)), max_size=2, unique=True))
            return {key: self.value(where, key, type_.fields[key].type) for key in chosen}
        if isinstance(type_, GraphQLEnumType):
            return self.one_of(*sorted(type_.values))
        if name in ("after", "before"):
            return "bad" if self.seldom() else self.one_of(*self.words.cursors.get(where, ["bad"]))
        if type_.name == "ID" and not self.seldom():
            asked = where.removeprefix("Query.") if name == "id" else name
            return self.one_of(*self.words.ids.get(ID_OF.get(asked, asked), self.words.scalars["ID"]))
        if name in ("first", "last"):
            return 101 if self.draw(st.integers(0, 30)) == 0 else self.draw(st.integers(0, 4))
        return self.one_of(*self.words.scalars[type_.name])

    def literal(self, type_: Any, value: Any) -> str:
        type_ = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        match value:
            case None:
                return "null"
            case bool() | int():
                return str(value).lower()
            case list():
                return "[" + ", ".join(self.literal(type_.of_type, item) for item in value) + "]"
            case dict():
                fields = (
                    f"{key}: {self.literal(type_.fields[key].type, item)}" for key, item in value.items()
                )
                return "{" + ", ".join(fields) + "}"
        return (
            str(value) if isinstance(type_, GraphQLEnumType) else '"' + str(value).replace('"', '\\"') + '"'
        )


@dataclass(frozen=True)
class Query:
    text: str
    variables: dict[str, Any]


@st.composite
def queries(draw: Any, schema: GraphQLSchema, words: Vocabulary) -> Query:
    draft = Draft(schema, words, draw)
    return Query(draft.operation(), draft.values)
