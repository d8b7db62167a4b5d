"""Whatever is wished of a resource, in whatever order: the same wish again decides nothing."""

from dataclasses import replace

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import resource
from domain.relationship import Status
from domain.resource import RESOURCE, Audience, Described
from tests.domain.test_resource import ARCHIVED, ENDED, LINK, WITHIN, document
from tests.domain.test_wishes import Wish, each_decides_nothing_again, wish
from tests.people import ADA, LIN, NOOR

people = st.sampled_from([ADA.id, NOOR.id, LIN.id])
where = st.sampled_from([WITHIN, ENDED, ARCHIVED, replace(WITHIN, status=Status.PAUSED)])
sizes = st.sampled_from([0, 10, 2_000])
texts = st.sampled_from([None, "One thing", "Another thing"])
OF_A_RESOURCE = st.one_of(
    wish(
        resource.share_document,
        within=where,
        shared=st.builds(document, by=people, bytes=sizes, blob=st.sampled_from(["1", "2"])),
    ),
    wish(resource.share_link, within=where, shared=st.just(LINK)),
    wish(resource.describe, within=where, described=st.builds(Described, by=people, title=texts)),
    wish(resource.withdraw, by=st.none() | people),
    wish(resource.publish, within=where, by=people, to=st.sampled_from(Audience), named=st.booleans()),
)


@drawn(st.lists(OF_A_RESOURCE, min_size=1, max_size=25))
def test_a_wish_that_already_holds_decides_nothing(lived: list[Wish]) -> None:
    each_decides_nothing_again(RESOURCE, lived)
