"""Every mutation, query and subscription by every role. Whoever adds one decides here who may use it."""

from dataclasses import dataclass
from typing import Any, Final

import pytest

from api.schema import GRAPHQL
from domain.permissions import TABLE, Action, Role
from tests.api.slices import SLICES
from tests.api.wishes import Scene, set_scene, wishes
from tests.house import Caller, House, Json

NEVER: Final = 2**31 - 1
"""A version nothing ever has: whoever is allowed meets a conflict, and nothing changes."""

CALLERS: Final = (
    "self",
    "colleague",
    "facilitator",
    "other_facilitator",
    "administrator",
    "other_administrator",
    "facilitator_as_administrator",
    "organisation_admin",
    "auditor",
    "service",
    "service_without_scope",
    "guest",
    "nobody",
)
MANAGED: Final = {"organisation_admin", "service"}
ADMINISTERED: Final = MANAGED | {"administrator"}
STAFFED: Final = ADMINISTERED | {"facilitator"}

MUTATIONS: Final[dict[str, set[str]]] = {
    "registerParticipant": MANAGED,
    "syncRecord": MANAGED,
    "describeProfile": {"self"},
    "offerCompetency": {"self"} | MANAGED,
    "withdrawCompetencyOffer": {"self"} | MANAGED,
    "seekCompetency": {"self"} | MANAGED,
    "stopSeekingCompetency": {"self"} | MANAGED,
    "setAvailability": {"self"} | MANAGED,
    "avoidPerson": {"self"},
    "liftAvoidance": {"self"},
    "listAsExpert": {"self"} | MANAGED,
    "unlistAsExpert": {"self"} | MANAGED,
    "giveConsent": {"self"},
    "withdrawConsent": {"self"},
    "setNotificationPreferences": {"self"},
    "markParticipantLeft": {"self"} | MANAGED,
    "returnParticipant": MANAGED,
    "eraseParticipant": {"organisation_admin"},
    "draftProgram": MANAGED,
    "describeProgram": ADMINISTERED,
    "limitAudience": ADMINISTERED,
    "setRelationshipTypes": ADMINISTERED,
    "configureEnrollment": ADMINISTERED,
    "configureMatching": ADMINISTERED,
    "setPlan": ADMINISTERED,
    "setAgreement": ADMINISTERED,
    "setCommunications": ADMINISTERED,
    "setAccountability": ADMINISTERED,
    "addContent": STAFFED,
    "removeContent": STAFFED,
    "assignStaff": MANAGED,
    "withdrawStaff": MANAGED,
    "openProgram": ADMINISTERED,
    "closeProgram": ADMINISTERED,
    "windDownProgram": ADMINISTERED,
    "archiveProgram": ADMINISTERED,
    "makeAnnouncement": STAFFED,
    "inviteToProgram": STAFFED,
    "applyToProgram": {"self"},
    "requestInformation": STAFFED,
    "giveInformation": {"self"},
    "approveEnrollment": STAFFED,
    "rejectEnrollment": STAFFED,
    "waitlistEnrollment": STAFFED,
    "pauseEnrollment": {"self"} | STAFFED,
    "resumeEnrollment": {"self"} | STAFFED,
    "withdrawEnrollment": {"self"},
    "removeFromProgram": STAFFED,
    "completeEnrollment": STAFFED,
    "defineCompetency": MANAGED,
    "describeCompetency": MANAGED,
    "moveCompetency": MANAGED,
    "linkCompetency": MANAGED,
    "unlinkCompetency": MANAGED,
    "retireCompetency": MANAGED,
    "restoreCompetency": MANAGED,
    "rankWishes": {"self"},
    "statePreference": {"self"},
    "requestMentor": {"self"},
    "proposePair": STAFFED,
    "markProposalViewed": {"self"},
    "requestProposalInformation": {"self"},
    "giveProposalInformation": {"self"},
    "acceptProposal": {"self"},
    "declineProposal": {"self"},
    "withdrawProposal": {"self"} | STAFFED,
    "requestMatchRun": ADMINISTERED,
    "lockPair": ADMINISTERED,
    "forbidPair": ADMINISTERED,
    "releasePair": ADMINISTERED,
    "approvePairs": ADMINISTERED,
    "withdrawApproval": ADMINISTERED,
    "publishMatchRun": ADMINISTERED,
    "cancelMatchRun": ADMINISTERED,
    "discardMatchRun": ADMINISTERED,
}
for _slice in SLICES:
    MUTATIONS.update(_slice.MUTATIONS)

UNVERSIONED: Final = {
    "registerParticipant", "draftProgram", "defineCompetency", "requestMatchRun", "requestMentor",
    "proposePair", *(command for one in SLICES for command in one.UNVERSIONED),
}  # fmt: skip
"""What brings something into being, or is there already: nobody decides upon a version of it."""

ALL: Final = set(CALLERS)
HUMANS: Final = ALL - {"service", "service_without_scope", "guest", "nobody"}
KNOWN: Final = HUMANS | {"service"}
COLLEAGUES: Final = KNOWN - {"auditor"}
STAFF_ANYWHERE: Final = COLLEAGUES - {"self", "colleague"}
AUDITED: Final = {"organisation_admin", "service", "auditor"}
STAFF_OF_IT: Final = STAFFED | {"auditor"}

QUERIES: Final[dict[str, set[str]]] = {
    "viewer { actor }": ALL,
    "node(id: $ada) { id }": KNOWN,
    "nodes(ids: [$ada]) { id }": KNOWN,
    "participant(id: $ada) { id }": KNOWN,
    "participant(id: $ada) { department }": KNOWN,
    "participant(id: $ada) { competenciesOffered { competency } }": KNOWN,
    "participant(id: $ada) { name }": COLLEAGUES,
    "participant(id: $ada) { biography }": COLLEAGUES,
    "participant(id: $ada) { email }": {"self"} | STAFF_ANYWHERE,
    "participant(id: $ada) { contact }": {"self"} | STAFF_ANYWHERE,
    "participant(id: $ada) { sources }": {"self"} | AUDITED,
    "participant(id: $ada) { demographics }": {"self"},
    "participant(id: $ada) { avoids { id } }": {"self"},
    "participants(first: 1) { nodes { id } }": KNOWN | {"guest"},
    "program(id: $open) { name }": KNOWN,
    "program(id: $open) { settings { version } }": STAFF_OF_IT,
    "program(id: $draft) { name }": {"organisation_admin", "service", "auditor"},
    "programs(first: 1) { nodes { id } }": KNOWN,
    "enrollment(id: $applied) { state }": {"self"} | STAFF_OF_IT,
    "enrollment(id: $applied) { answers }": {"self"} | STAFFED,
    "enrollments(first: 1, filter: {participant: $ada}) { nodes { id } }": {"self"} | STAFF_OF_IT,
    "competency(id: $python) { label }": KNOWN | {"guest"},
    "competencies(first: 1) { nodes { id } }": KNOWN | {"guest"},
    'competencySuggestions(text: "python") { nearness }': KNOWN | {"guest"},
    "matchRun(id: $run) { state }": STAFF_OF_IT,
    "matchRuns(first: 1, filter: {program: $matched}) { nodes { id } }": STAFF_OF_IT,
    "matchExplanation(run: $run, mentee: $ada) { score }": STAFF_OF_IT,
    "whyNot(run: $run, mentee: $ada, mentor: $noor) { score }": STAFF_OF_IT,
    "matchFairness(run: $run) { __typename }": STAFF_OF_IT,
    "matchComparison(runs: [$run]) { placed }": STAFF_OF_IT,
    "recruitmentReport(run: $run) { competency }": STAFF_OF_IT,
    "enrollment(id: $own_part) { preference }": {"self"},
    "enrollment(id: $own_part) { wishes { id } }": {"self"} | STAFFED,
    "proposal(id: $proposal) { state }": {"self"} | STAFF_OF_IT,
    "proposal(id: $proposal) { words }": {"self"} | STAFFED,
    "proposals(first: 1, filter: {program: $met}) { nodes { id } }": {"self"} | STAFF_OF_IT,
    "mentorship(id: $mentorship) { state }": {"self"} | STAFF_OF_IT,
    "mentorships(first: 1, filter: {program: $met}) { nodes { id } }": {"self"} | STAFF_OF_IT,
    "suggestions(program: $met, participant: $ada) { eligible }": {"self"} | STAFFED,
    "events(first: 1) { nodes { position } }": AUDITED,
    "readModels { name }": AUDITED,
}
for _slice in SLICES:
    QUERIES.update(_slice.QUERIES)

SUBSCRIPTIONS: Final[dict[str, set[str]]] = {
    'events(after: "0") { position }': AUDITED,
    "matchRunProgress(run: $run) { done }": STAFF_OF_IT,
}


@dataclass(frozen=True)
class Stage:
    scene: Scene
    callers: dict[str, Caller]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def stage(house: House) -> Stage:
    scene = set_scene(house)
    key = scene.fay.participant
    actions = tuple(action for action in Action if Role.SERVICE in TABLE[action])
    callers = {
        "self": scene.ada,
        "colleague": scene.noor,
        "facilitator": scene.fay,
        "other_facilitator": house.person("Flo", Role.FACILITATOR),
        "administrator": scene.sam,
        "other_administrator": house.person("Abe", Role.ADMINISTRATOR),
        "facilitator_as_administrator": house.caller(Role.ADMINISTRATOR, participant=key),
        "organisation_admin": house.registrar,
        "auditor": house.caller(Role.AUDITOR),
        "service": house.caller(Role.SERVICE, scopes=actions),
        "service_without_scope": house.caller(Role.SERVICE),
        "guest": house.person("Gus", Role.GUEST),
        "nobody": house.caller(),
    }
    return Stage(scene, callers, _told(house, scene))


def _told(house: House, scene: Scene) -> dict[str, str]:
    """Give every field that the queries ask for something to show."""
    given = wishes(scene)
    for command in ("syncRecord", "offerCompetency"):
        house.done(house.registrar, command, given[command])
    for command in ("describeProfile", "avoidPerson"):
        house.done(scene.ada, command, given[command])
    questions = [{"id": "why", "text": "Why?"}]
    house.done(
        scene.sam, "configureEnrollment", {"program": scene.program, "settings": {"questions": questions}}
    )
    applied = house.done(scene.ada, "applyToProgram", given["applyToProgram"], "enrollment { id }")
    draft = house.done(house.registrar, "draftProgram", {"name": "Not yet"}, "program { id }")
    return {
        "noor": scene.noor.id,
        **_of_meeting(scene),
        "matched": scene.matched,
        "run": scene.run,
        "ada": scene.ada.id,
        "open": scene.program,
        "draft": draft["program"]["id"],
        "applied": applied["enrollment"]["id"],
        "python": scene.competency,
        **scene.ids,
    }


def _of_meeting(scene: Scene) -> dict[str, str]:
    met = scene.met
    return {
        "met": met.program,
        "own_part": met.enrollment,
        "proposal": met.proposal,
        "mentorship": met.mentorship,
    }


def test_every_mutation_is_decided_upon() -> None:
    assert GRAPHQL.mutation_type is not None
    assert set(MUTATIONS) == set(GRAPHQL.mutation_type.fields)


def test_every_query_is_decided_upon() -> None:
    assert GRAPHQL.query_type is not None
    asked = {document.partition("(")[0].partition(" ")[0] for document in QUERIES}
    assert asked == set(GRAPHQL.query_type.fields)


def test_every_subscription_is_decided_upon() -> None:
    assert GRAPHQL.subscription_type is not None
    assert {field.partition("(")[0] for field in SUBSCRIPTIONS} == set(GRAPHQL.subscription_type.fields)


@pytest.mark.parametrize("command", MUTATIONS)
def test_mutation(house: House, stage: Stage, command: str) -> None:
    given: Json = wishes(stage.scene)[command]
    if command not in UNVERSIONED:
        given = {**given, "expectedVersion": NEVER}
    allowed = [] if command in UNVERSIONED else ["CONFLICT"]
    told = {}
    for who in CALLERS:
        payload = house.tell(stage.callers[who], command, given)
        told[who] = [error["code"] for error in payload["errors"]]
    assert told == {who: allowed if who in MUTATIONS[command] else ["FORBIDDEN"] for who in CALLERS}


@pytest.mark.parametrize("query", QUERIES)
def test_query(house: House, stage: Stage, query: str) -> None:
    used = {name: value for name, value in stage.ids.items() if f"${name}" in query}
    declared = ", ".join(f"${name}: ID!" for name in used)
    document = f"query ({declared}) {{ {query} }}" if used else f"{{ {query} }}"
    shown_to = set()
    for who in CALLERS:
        found = house.answer(stage.callers[who], document, used)
        assert {error["extensions"]["code"] for error in found.get("errors", ())} <= {"FORBIDDEN"}, who
        if _shown(found["data"]):
            shown_to.add(who)
    assert shown_to == QUERIES[query]


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("subscription", SUBSCRIPTIONS)
def test_subscription(house: House, stage: Stage, subscription: str, who: str) -> None:
    document = subscription.replace("$run", f'"{stage.ids["run"]}"')
    found = house.first(stage.callers[who], f"subscription {{ {document} }}")
    if who in SUBSCRIPTIONS[subscription]:
        assert found["data"] in ({"events": {"position": "1"}}, {"matchRunProgress": {"done": 0}})
    else:
        codes = {error["extensions"]["code"] for error in found["errors"]}
        # Whoever is staff somewhere is told that there is no such run, as any query would say.
        assert codes <= {"FORBIDDEN", "NOT_FOUND"}


def _shown(value: Any) -> bool:
    """Whether the one thing asked for is there."""
    while isinstance(value, dict | list) and value:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    return value is not None and value != []
