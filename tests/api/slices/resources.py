"""Documents and links: Ada has shared a link where she learns from Lee."""

from typing import Any, Final

from tests.house import House, Json

MEMBER: Final = {"self"}
STAFF: Final = {"facilitator", "administrator", "organisation_admin", "service"}
SEEN: Final = MEMBER | STAFF | {"auditor"}

MUTATIONS: Final = {
    "shareLink": MEMBER,
    "describeResource": MEMBER,
    "withdrawResource": MEMBER | STAFF,
    "publishResource": MEMBER,
}
QUERIES: Final = {
    "resource(id: $resource) { state }": SEEN,
    "resource(id: $resource) { url }": MEMBER,
    "documentLink(resource: $resource) { url }": set[str](),
    "mentorship(id: $mentorship) { resources { totalCount } }": SEEN,
}
UNVERSIONED: Final = frozenset({"shareLink"})
ONES_OWN: Final = frozenset({"shareLink", "describeResource", "publishResource"})


def scene(house: House, base: Any) -> dict[str, str]:
    given = {"mentorship": base.met.mentorship, "title": "Listening", "url": "https://example.org/listen"}
    made = house.done(base.ada, "shareLink", given, "resource { id }")
    return {"resource": made["resource"]["id"]}


def wishes(base: Any) -> dict[str, Json]:
    resource = {"resource": base.ids.get("resource", "")}
    words = {"title": "An exercise", "description": "For Monday.", "topics": ["Listening"]}
    return {
        "shareLink": {"mentorship": base.met.mentorship, "title": "Reading", "url": "https://example.org/a"},
        "describeResource": {**resource, **words},
        "withdrawResource": resource,
        "publishResource": {**resource, "to": "PROGRAM", "named": True},
    }
