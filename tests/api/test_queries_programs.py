"""Programmes, who is in them, who waits, and what the log says of them."""

from typing import Any
from uuid import uuid5

from api.log import event_position, log_entry
from domain.ids import enrollment_id
from tests.api import world as cast
from tests.api.world import ADMIN, AS_SAM, World, eid, gid, pid


def program(world: World, fields: str, which: str = gid(cast.LEADERSHIP)) -> Any:
    return world.data(f"query ($id: ID!) {{ program(id: $id) {{ {fields} }} }}", id=which)["program"]


def test_a_programme_with_all_its_parts(world: World) -> None:
    found = program(
        world,
        """name purpose state openedAt closedAt staff { role person { name } }
           content { contentId title url description }
           announcements { announcementId title body side } audience""",
    )
    assert found == {
        "name": "Leadership",
        "purpose": 'Grow "leaders"',
        "state": "OPEN",
        "openedAt": "2026-01-05T09:28:00.000000Z",
        "closedAt": None,
        "staff": [
            {"role": "ADMINISTRATOR", "person": {"name": 'Sam "the" Coordinator'}},
            {"role": "FACILITATOR", "person": {"name": "Ada Lovelace"}},
        ],
        "content": [
            {
                "contentId": str(uuid5(cast.NAMES, "guide")),
                "title": "Guide",
                "url": "https://example.org/guide",
                "description": None,
            }
        ],
        "announcements": [
            {
                "announcementId": str(uuid5(cast.NAMES, "news")),
                "title": "News",
                "body": "It begins",
                "side": "MENTEE",
            }
        ],
        "audience": {},
    }


def test_settings_and_their_versions(world: World) -> None:
    found = program(
        world, "settingsVersion settings { version enrollment } versions { version settings position }"
    )
    assert found["settings"]["version"] == found["settingsVersion"] == 2
    assert [one["version"] for one in found["versions"]] == [1, 2]
    assert found["settings"]["enrollment"]["capacity"]


def test_programmes_are_found_by(world: World) -> None:
    def found(conditions: str) -> list[str]:
        page = world.data(f"{{ programs(filter: {{ {conditions} }}) {{ totalCount nodes {{ name }} }} }}")[
            "programs"
        ]
        assert page["totalCount"] == len(page["nodes"])
        return [node["name"] for node in page["nodes"]]

    assert found("") == ["Leadership", "Onboarding", "Retired"]
    assert found('text: "LEADERS"') == ["Leadership"]
    assert found("states: [DRAFT, ARCHIVED]") == ["Onboarding", "Retired"]
    assert found("states: []") == []
    assert found(f'staff: "{pid(cast.MAX)}"') == ["Leadership", "Onboarding"]


def test_programmes_in_another_order(world: World) -> None:
    page = world.data("{ programs(orderBy: DRAFTED_AT_DESC) { nodes { name } } }")["programs"]
    assert [node["name"] for node in page["nodes"]] == ["Retired", "Onboarding", "Leadership"]


def test_the_roster_by_side_and_state(world: World) -> None:
    def roster(arguments: str) -> set[Any]:
        page = program(
            world, f"roster{arguments} {{ totalCount nodes {{ role state participant {{ id }} }} }}"
        )["roster"]
        assert page["totalCount"] == len(page["nodes"])
        return {(node["participant"]["id"], node["role"], node["state"]) for node in page["nodes"]}

    noor, other = (pid(cast.NOOR), "MENTEE", "WAITLISTED"), (pid(cast.MAX), "MENTEE", "WAITLISTED")
    assert len(roster("")) == 5
    assert roster("(role: MENTOR)") == {(pid(cast.ADA), "MENTOR", "APPROVED")}
    assert roster("(role: MENTEE, state: WAITLISTED)") == {noor, other}
    assert roster("(state: PAUSED)") == set()


def test_the_waitlist_says_who_is_next(world: World) -> None:
    ask = "waitlist(%s) { totalCount nodes { waitlistPosition participant { id } } pageInfo { endCursor } }"
    both = program(world, ask % "role: MENTEE")["waitlist"]
    assert both["totalCount"] == 2
    assert both["nodes"] == [
        {"waitlistPosition": 1, "participant": {"id": pid(cast.NOOR)}},
        {"waitlistPosition": 2, "participant": {"id": pid(cast.MAX)}},
    ]
    first = program(world, ask % "first: 1")["waitlist"]
    then = program(world, ask % f'first: 1, after: "{first["pageInfo"]["endCursor"]}"')["waitlist"]
    assert [*first["nodes"], *then["nodes"]] == both["nodes"]
    assert program(world, ask % "role: MENTOR")["waitlist"]["nodes"] == []


def test_an_enrollment_with_its_person_programme_and_history(world: World) -> None:
    """What a board of twenty shows, in one question."""
    page = world.data(
        """{ enrollments(first: 20) { nodes { id state participant { name manager { name } } program { name }
             log(last: 5) { nodes { name actor position } } } } }"""
    )["enrollments"]
    assert len(page["nodes"]) == 7
    [ada] = [node for node in page["nodes"] if node["id"] == eid(cast.LEADERSHIP, cast.ADA)]
    assert ada["participant"] == {"name": "Ada Lovelace", "manager": {"name": 'Sam "the" Coordinator'}}
    assert ada["program"] == {"name": "Leadership"}
    assert [entry["name"] for entry in ada["log"]["nodes"]] == ["enrollment.applied", "enrollment.approved"]


def test_enrollments_are_found_by(world: World) -> None:
    def found(conditions: str) -> set[str]:
        page = world.data(f"{{ enrollments(filter: {{ {conditions} }}) {{ nodes {{ id }} }} }}")[
            "enrollments"
        ]
        return {node["id"] for node in page["nodes"]}

    assert found(f'participant: "{pid(cast.NOOR)}"') == {
        eid(cast.LEADERSHIP, cast.NOOR),
        eid(cast.RETIRED, cast.NOOR),
    }
    assert found(f'program: "{gid(cast.ONBOARDING)}"') == {eid(cast.ONBOARDING, cast.ADA)}
    assert found("role: MENTOR") == {eid(cast.LEADERSHIP, cast.ADA), eid(cast.ONBOARDING, cast.ADA)}
    assert found("states: [PAUSED, INVITED]") == {
        eid(cast.RETIRED, cast.NOOR),
        eid(cast.ONBOARDING, cast.ADA),
    }


def test_a_persons_enrollments_and_reports(world: World) -> None:
    ask = """query ($id: ID!) { participant(id: $id) {
        enrollments(role: MENTOR) { nodes { id } } reports { nodes { name } } } }"""
    assert world.data(ask, id=pid(cast.ADA))["participant"] == {
        "enrollments": {"nodes": [{"id": one} for one in sorted_ids(cast.LEADERSHIP, cast.ONBOARDING)]},
        "reports": {"nodes": []},
    }
    reports = world.data(ask, id=pid(cast.SAM))["participant"]["reports"]
    assert reports == {"nodes": [{"name": "Ada Lovelace"}, {"name": "Noor Bakker"}]}


def sorted_ids(*programs: Any) -> list[str]:
    return [eid(one, cast.ADA) for one in sorted(programs, key=lambda one: enrollment_id(one, cast.ADA))]


def test_the_last_entries_of_a_log(world: World) -> None:
    log = program(world, "log(last: 2) { nodes { name version stream } pageInfo { hasPreviousPage } }")["log"]
    assert [entry["name"] for entry in log["nodes"]] == [
        "program.announcement_made",
        "program.audience_limited",
    ]
    assert {entry["stream"] for entry in log["nodes"]} == {gid(cast.LEADERSHIP)}
    assert log["pageInfo"] == {"hasPreviousPage": True}


def test_the_log_shows_public_fields_and_names_the_rest(world: World) -> None:
    ask = """query ($id: ID!) {
      events(first: 1, filter: {stream: $id, names: ["participant.profile_described"]}) {
        nodes { name payload withheld cause schemaVersion actor recordedAt } } }"""
    [entry] = world.data(ask, id=pid(cast.ADA))["events"]["nodes"]
    assert entry["withheld"] == ["biography", "contact", "demographics", "work_history"]
    assert set(entry["payload"]) == {"changed", "time_zone", "languages"}
    assert (entry["cause"], entry["actor"], entry["schemaVersion"]) == ("COMMAND", "seed", 1)
    assert entry["recordedAt"] == "2026-01-05T09:04:00.000000Z"


def all_events(world: World, fields: str, conditions: str = "") -> tuple[int, list[Any]]:
    """How many there are said to be, and all of them, page by page."""
    page = f"totalCount nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }}"
    ask = f"query ($after: String) {{ events(first: 100, after: $after, {conditions}) {{ {page} }} }}"
    found: list[Any] = []
    more: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
    total = 0
    while more["hasNextPage"]:
        answer = world.data(ask, after=more["endCursor"])["events"]
        total, more = answer["totalCount"], answer["pageInfo"]
        found += answer["nodes"]
    return total, found


def test_the_log_is_read_by(world: World) -> None:
    def found(conditions: str) -> list[int]:
        total, nodes = all_events(world, "position", f"filter: {{ {conditions} }}")
        assert total == len(nodes)
        return [int(node["position"]) for node in nodes]

    head = world.store.head()
    assert found("") == list(range(1, head + 1))
    assert found('asOf: "3"') == [1, 2, 3]
    assert found('since: "2026-01-05T09:01:00Z", until: "2026-01-05T10:03:00+01:00"') == [2, 3]
    assert found('actor: "seed"') == list(range(1, head + 1))
    assert found('actor: "somebody"') == []
    assert len(found('names: ["participant.registered", "participant.left"]')) == 8
    assert found(f'stream: "{pid(cast.SAM)}"') == [1, 2]
    answer = world.answer('{ events(filter: {stream: "TG9nRW50cnk6MQ=="}) { totalCount } }')
    assert answer["errors"][0]["extensions"]["code"] == "BAD_ID"


def test_a_moment_needs_its_offset(world: World) -> None:
    answer = world.answer('{ events(filter: {since: "2026-01-05T09:01:00"}) { totalCount } }')
    assert "data" not in answer
    assert "offset" in answer["errors"][0]["message"]


def test_staff_see_the_enrollments_of_their_programme(world: World) -> None:
    ask = "{ enrollments { totalCount nodes { program { name } answers } } }"
    seen = world.data(ask, AS_SAM)["enrollments"]
    assert {node["program"]["name"] for node in seen["nodes"]} == {"Leadership"}
    assert seen["totalCount"] == len(seen["nodes"]) == 5
    assert world.data(ask, ADMIN)["enrollments"]["totalCount"] == 7


def test_a_recorded_event_is_shown_as_the_log_shows_it(world: World) -> None:
    """Followers are told what readers are."""
    fields = """id position name stream streamId version schemaVersion recordedAt
                actor commandId correlationId cause payload withheld"""
    for asked, recorded in zip(all_events(world, fields)[1], world.store.log(), strict=True):
        one = log_entry(recorded)
        assert asked == {
            "id": one.id,
            "position": str(one.position),
            "name": one.name,
            "stream": one.stream,
            "streamId": str(one.stream_id),
            "version": one.version,
            "schemaVersion": one.schema_version,
            "recordedAt": one.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "actor": one.actor,
            "commandId": str(one.command_id),
            "correlationId": str(one.correlation_id),
            "cause": one.cause.name,
            "payload": one.payload,
            "withheld": one.withheld,
        }


def test_a_cursor_of_events_is_a_place_to_follow_from(world: World) -> None:
    page = world.data("{ events(first: 7) { pageInfo { endCursor } } }")["events"]
    assert event_position(world.services.cursors, page["pageInfo"]["endCursor"]) == 7
