"""A plan and the resolvers give the same bytes, whatever is asked, by whomever, right or wrong."""

from collections import Counter
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from api.execution import PLANS, coerced, execute, resolved
from api.relay import global_id, parse_global_id
from api.schema import GRAPHQL
from domain.permissions import Actor
from tests.api import (
    assignments_told,
    conversations_told,
    inquiries_told,
    meetings_told,
    mentorships_told,
    notifications_told,
    proposed,
    ran,
    resources_told,
    surveys_told,
    webhooks_told,
)
from tests.api import world as cast
from tests.api.queries import COMPUTED_OF, Query, Vocabulary, queries
from tests.api.world import ACTORS, ADMIN, AS_NOOR, AS_SAM, AUDITOR, World, cid, eid, gid, mid, pid, qid, rid

CURSORS = """query (
  $participant: ID!, $program: ID!, $enrollment: ID!, $mentorship: ID!, $run: ID!, $conversation: ID!,
  $webhook: ID!
) {
  participants { edges { cursor } } programs { edges { cursor } } enrollments { edges { cursor } }
  competencies { edges { cursor } } events(first: 9) { edges { cursor } }
  proposals { edges { cursor } } mentorships { edges { cursor } } matchRuns { edges { cursor } }
  history { edges { cursor } }
  participant(id: $participant) {
    log { edges { cursor } } reports { edges { cursor } } enrollments { edges { cursor } }
    proposals { edges { cursor } } mentorships { edges { cursor } } }
  program(id: $program) {
    log { edges { cursor } } roster { edges { cursor } } waitlist { edges { cursor } }
    proposals { edges { cursor } } mentorships { edges { cursor } } }
  enrollment(id: $enrollment) { log { edges { cursor } } proposals { edges { cursor } } }
  mentorship(id: $mentorship) {
    log { edges { cursor } } goals { edges { cursor } } checkIns { edges { cursor } }
    concerns { edges { cursor } } history { edges { cursor } } assignments { edges { cursor } }
    resources { edges { cursor } } meetings { edges { cursor } } }
  meetings { edges { cursor } } webhooks { edges { cursor } }
  webhook(id: $webhook) { deliveries { edges { cursor } } }
  conversation: node(id: $conversation) {
    ... on Conversation { messages { edges { cursor } } questions { edges { cursor } } } }
  matchRun(id: $run) {
    log { edges { cursor } } pairs { edges { cursor } } unmatched { edges { cursor } } }
}"""
pytestmark = pytest.mark.no_cover  # it is compared here, and measured where each query has tests of its own
ASKED_OF = {
    "participant": pid(cast.SAM),
    "program": gid(cast.LEADERSHIP),
    "enrollment": eid(cast.LEADERSHIP, cast.NOOR),
    "mentorship": mid(mentorships_told.CIRCLE),
    "run": rid(ran.RUNS[0]),
    "webhook": global_id("Webhook", webhooks_told.TOLD[0]),
    "conversation": global_id("Conversation", conversations_told.TOLD[0]),
}

ENTRIES = "{ history(first: 3, filter: {kinds: [MESSAGE, MEETING]}) { nodes { id } } }"
TEXTS = [
    "Zürich",
    "Sales",
    "python",
    "en",
    "participant.registered",
    "enrollment.applied",
    'a "quoted" \\\\ word',
]
ASSIGNMENTS: list[str] = [global_id("Assignment", one) for one in assignments_told.TOLD]
EXAMPLES = 200


MORE_TYPES = {"mentorship": "Mentorship", "conversation": "Conversation", "matchRun": "MatchRun"}
MORE_TYPES |= {"webhook": "Webhook"}
INQUIRIES: list[str] = [global_id("Inquiry", one) for one in inquiries_told.TOLD]
SURVEYS: list[str] = [global_id("Survey", one) for one in surveys_told.TOLD]
WEBHOOKS: list[str] = [global_id("Webhook", one) for one in webhooks_told.TOLD]
NOTIFICATIONS: list[str] = [global_id("Notification", one) for one in notifications_told.TOLD]
RESOURCES: list[str] = [global_id("Resource", one) for one in resources_told.TOLD]


def harvest(world: World) -> dict[str, list[str]]:
    data = world.data(CURSORS, ADMIN, **ASKED_OF)
    own = "{ inbox { edges { cursor } } inquiries { edges { cursor } } notifications { edges { cursor } } }"
    data |= world.data(own, AS_NOOR)
    found = {f"Query.{name}": page for name, page in data.items() if page.get("edges")}
    types = {"participant": "Participant", "program": "Program", "enrollment": "Enrollment"}
    for root, type_ in {**types, **MORE_TYPES}.items():
        found |= {f"{type_}.{name}": page for name, page in data[root].items()}
    return {
        where: [edge["cursor"] for edge in page["edges"]] for where, page in found.items() if page["edges"]
    }


@pytest.fixture(scope="module")
def vocabulary(world: World) -> Vocabulary:
    people = [pid(cast.ADA), pid(cast.NOOR), pid(cast.SAM), pid(cast.EVE), pid(cast.STRANGER)]
    programs = [gid(cast.LEADERSHIP), gid(cast.ONBOARDING)]
    enrollments = [eid(cast.LEADERSHIP, cast.NOOR), eid(cast.ONBOARDING, cast.ADA)]
    entries = [cid(cast.PYTHON), cid(cast.COBOL)]
    proposals = [qid(one) for one in proposed.PROPOSALS]
    mentorships = [mid(one) for one in (proposed.RELATIONSHIP, *mentorships_told.TOLD)]
    runs = [rid(one) for one in ran.RUNS]
    ids = [*people, *programs, *enrollments, *entries, *proposals, *mentorships, *runs]
    ids += [global_id("Conversation", one) for one in conversations_told.TOLD]
    ids += [entry["id"] for entry in world.data(ENTRIES, AS_NOOR)["history"]["nodes"]]
    meetings: list[str] = [global_id("Meeting", one) for one in meetings_told.TOLD]
    ids += meetings
    ids += [*RESOURCES, *ASSIGNMENTS, *INQUIRIES, *NOTIFICATIONS, *SURVEYS, *WEBHOOKS]
    ids.append(global_id("LogEntry", 5))
    return Vocabulary(
        {
            "ID": [*ids, "UGFydGljaXBhbnQ6eA=="],
            "String": [*TEXTS, "seed"],
            "Boolean": [True, False],
            "Position": ["0", "1", "30", "51"],
            "AsOf": ["100", "2026-01-05T10:30:00Z"],
            "DateTime": ["2026-01-05T09:10:00Z", "2026-01-05T10:30:00+01:00"],
        },
        {
            "participant": people,
            "program": programs,
            "enrollment": enrollments,
            "competency": entries,
            "proposal": proposals,
            "mentorship": mentorships,
            "meeting": meetings,
            "resource": RESOURCES,
            "inquiry": INQUIRIES,
            "notification": NOTIFICATIONS,
            "assignment": ASSIGNMENTS,
            "survey": SURVEYS,
            "webhook": WEBHOOKS,
            "matchRun": runs,
            "node": ids,
            "ids": ids,
            "stream": ids[:-1],
        },
        harvest(world),
    )


@pytest.mark.hypothesis
def test_a_plan_answers_as_resolvers_do(world: World, vocabulary: Vocabulary) -> None:
    ways: Counter[str] = Counter()
    examples = max(EXAMPLES, settings().max_examples)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(queries(GRAPHQL, vocabulary), st.sampled_from((ADMIN, ADMIN, ADMIN, *ACTORS)))
    def same(query: Query, actor: Actor) -> None:
        note(query.text)
        document = PLANS.document(query.text)
        assert not document.errors, document.errors
        planned = world.run(execute(world.context(actor), query.text, query.variables, None))
        executed = world.run(resolved(world.context(actor), document, query.variables, None))
        assert planned.body == executed.body
        assert b'"INTERNAL"' not in executed.body
        operation = document.operation(None)
        values = coerced(operation, query.variables)
        plan = None if isinstance(values, list) else PLANS.plan(query.text, None, operation, values, actor)
        ways["errors" if b'"errors"' in executed.body else "planned" if plan else "fallen back"] += 1

    same()
    # Examples resemble each other, so the shares vary much: all that counts is that plans were compared. A
    # forbidden edge under a row that is not there is no error, which no plan can know.
    assert ways["fallen back"] < examples / 4, ways
    assert ways["planned"] > examples / 20, ways


def leaves(type_: Any, deeper: int = 2) -> str:
    """All fields of a type and, `deeper` times, of what its edges lead to."""
    parts = ["__typename"]
    for name, field in type_.fields.items():
        below = get_named_type(field.type)
        if name in COMPUTED_OF.get(type_.name, ()):
            continue
        if is_leaf_type(below):
            parts.append(name)
        elif deeper:
            parts.append(f"{name} {leaves(below, deeper - 1)}")
    return "{ " + " ".join(parts) + " }"


@pytest.mark.parametrize(
    "actor",
    # What an auditor sees, the administrator of the organisation sees as well.
    [ADMIN, pytest.param(AUDITOR, marks=pytest.mark.long), AS_NOOR, AS_SAM],
    ids=lambda actor: actor.id,
)
@pytest.mark.parametrize(
    "type_name",
    [
        "Participant",
        "Program",
        "Enrollment",
        "Competency",
        "Proposal",
        "Mentorship",
        "Assignment",
        "Conversation",
        "HistoryEntry",
        "Meeting",
        "Resource",
        "Survey",
        "LogEntry",
    ],
)
def test_every_field_of_every_node_is_shown_alike(
    world: World, vocabulary: Vocabulary, actor: Actor, type_name: str
) -> None:
    """No field depends on luck to be compared."""
    type_ = GRAPHQL.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    for name, field in type_.fields.items():
        if name in COMPUTED_OF.get(type_name, ()):
            continue
        below = get_named_type(field.type)
        selection = name if is_leaf_type(below) else f"{name} {leaves(below)}"
        ask = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {type_name} {{ {selection} }} }} }}"
        document = PLANS.document(ask)
        assert not document.errors
        ids = {"ids": [one for one in vocabulary.ids["node"] if type_name == parse_global_id(one).type_name]}
        planned = world.run(execute(world.context(actor), ask, ids, None))
        assert planned.body == world.run(resolved(world.context(actor), document, ids, None)).body
