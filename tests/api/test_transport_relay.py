"""Relay's conventions (connections, object identification), checked on the whole schema."""

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_non_null_type,
)

from api.schema import GRAPHQL

OBJECTS = [type_ for type_ in GRAPHQL.type_map.values() if isinstance(type_, GraphQLObjectType)]
CONNECTIONS = [type_ for type_ in OBJECTS if type_.name.endswith("Connection")]
FORWARD = {
    "Query.directory",
    "ProgramReports.mentorLoad",
    "ProgramReports.atRisk",
    "ProgramReports.relationships",
}
"""Whoever searches reads the best first; of many only these are ranked, so there is no last page. A report's
list is read from what needs a look most, or from one end to the other.
"""
FIELDS = [(type_, name, field) for type_ in OBJECTS for name, field in type_.fields.items()]


def named(field: GraphQLField) -> str:
    return get_named_type(field.type).name


def is_list(field: GraphQLField) -> bool:
    declared = field.type
    return isinstance(declared.of_type if isinstance(declared, GraphQLNonNull) else declared, GraphQLList)


def test_there_is_a_node_interface_with_an_id() -> None:
    node = GRAPHQL.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    assert str(node.fields["id"].type) == "ID!"
    assert list(node.fields) == ["id"]


def test_the_root_finds_nodes_by_their_ids() -> None:
    query = GRAPHQL.query_type
    assert query is not None
    one, many = query.fields["node"], query.fields["nodes"]
    assert str(one.args["id"].type) == "ID!"
    assert str(one.type) == "Node"
    assert str(many.args["ids"].type) == "[ID!]!"
    assert is_list(many)
    assert named(many) == "Node"


def test_whatever_a_root_field_finds_by_id_is_a_node() -> None:
    query = GRAPHQL.query_type
    assert query is not None
    node = GRAPHQL.type_map["Node"]
    found = [get_named_type(field.type) for field in query.fields.values() if list(field.args)[:1] == ["id"]]
    assert found
    for type_ in found:
        assert type_ is node or (isinstance(type_, GraphQLObjectType) and node in type_.interfaces), type_


def test_there_are_connections_to_check() -> None:
    assert {"ParticipantConnection", "ProgramConnection", "EnrollmentConnection", "LogEntryConnection"} <= {
        type_.name for type_ in CONNECTIONS
    }


def test_every_connection_has_edges_nodes_a_page_and_a_count() -> None:
    for type_ in CONNECTIONS:
        assert {"edges", "nodes", "pageInfo", "totalCount"} <= set(type_.fields), type_.name
        assert is_list(type_.fields["edges"])
        assert is_list(type_.fields["nodes"])
        assert str(type_.fields["pageInfo"].type) == "PageInfo!"
        edge = get_named_type(type_.fields["edges"].type)
        assert isinstance(edge, GraphQLObjectType)
        assert edge.name == type_.name.removesuffix("Connection") + "Edge"
        assert str(edge.fields["cursor"].type) == "String!"
        assert named(edge.fields["node"]) == named(type_.fields["nodes"])
        assert not is_list(edge.fields["node"])


def test_page_info_is_relays() -> None:
    page = GRAPHQL.type_map["PageInfo"]
    assert isinstance(page, GraphQLObjectType)
    assert {name: str(field.type) for name, field in page.fields.items()} == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }


def test_every_field_that_gives_a_connection_takes_pages() -> None:
    pages = [(type_, name, field) for type_, name, field in FIELDS if named(field).endswith("Connection")]
    assert pages
    for type_, name, field in pages:
        both = (("first", "after"), ("last", "before"))
        for size, cursor in both[:1] if f"{type_.name}.{name}" in FORWARD else both:
            assert str(field.args[size].type) == "Int", f"{type_.name}.{name}({size})"
            assert isinstance(get_named_type(field.args[cursor].type), GraphQLScalarType)
            assert not is_non_null_type(field.args[cursor].type)


def test_every_mutation_takes_one_input_and_gives_a_payload_of_its_own() -> None:
    mutation = GRAPHQL.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        assert list(field.args) == ["input"], name
        assert is_non_null_type(field.args["input"].type), name
        assert named(field) == name[0].upper() + name[1:] + "Payload"
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["errors"].type) == "[UserError!]!", name
        assert named(payload.fields["position"]) == "Position", name
