"""Whatever happens and however it was followed: a read model that was kept up is one that is made anew."""

import contextlib
from collections.abc import Iterator
from typing import Any, Final, get_args
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import (
    assignment,
    calendar_feed,
    competency,
    conversation,
    enrollment,
    inquiry,
    match_run,
    meeting,
    mentorship,
    participant,
    program,
    proposal,
    resource,
)
from domain.event import DomainEvent
from domain.store import Database, KeyRing, Store, SubjectForgotten
from projections import catalogue, projection
from projections.projection import connect
from projections.rebuild import rebuild
from projections.runner import Runner, catch_up
from tests.organisations import organisation
from tests.projections import lives
from tests.projections.given import contents, happened
from tests.projections.lives import Forgotten, Happened, KeptUp, Step
from tests.projections.lives_assignments import of_an_assignment
from tests.projections.lives_conversations import of_a_conversation
from tests.projections.lives_inquiries import of_an_inquiry
from tests.projections.lives_meetings import of_a_feed, of_a_meeting
from tests.projections.lives_mentorships import of_a_mentorship
from tests.projections.lives_resources import of_a_resource
from tests.projections.run_lives import of_a_run


@contextlib.contextmanager
def fresh_organisation(postgres_url: str) -> Iterator[tuple[Database, Store]]:
    with (
        organisation(postgres_url, "organisation") as database,
        Store.open(database, KeyRing.random()) as store,
    ):
        yield database, store


def until_erased(happening: Happened) -> tuple[DomainEvent, ...]:
    """Nothing follows an erasure in the person's own stream: their decisions see to that."""
    names = [event.event_name for event in happening.events]
    ends = participant.Erased.event_name
    return happening.events[: names.index(ends) + 1] if ends in names else happening.events


def live(database: Database, store: Store, steps: list[Step]) -> None:
    erased: set[UUID] = set()
    for step in steps:
        match step:
            case Happened(stream=stream) if stream not in erased:
                recorded = until_erased(step)
                # The key is destroyed already: nothing personal can be said of this person any more.
                with contextlib.suppress(SubjectForgotten):
                    happened(store, stream, *recorded)
                    if isinstance(recorded[-1], participant.Erased):
                        erased.add(stream)
            case Forgotten(person=person) if person in erased:
                store.forget(person)
            case KeptUp(batch=batch):
                for one in catalogue.ALL:
                    with connect(database) as connection:
                        Runner(connection, store, one, batch).advance()
    for gone in erased:
        store.forget(gone)
    catch_up(database, store, catalogue.ALL)


@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=lives.lives)
def test_rebuilt_equals_kept_up(postgres_url: str, steps: list[Step]) -> None:
    with fresh_organisation(postgres_url) as (database, store):
        live(database, store, steps)
        kept_up = contents(database, catalogue.ALL)
        statuses = projection.status(database)
        assert [(status.lag, status.parked) for status in statuses] == [(0, ())] * len(catalogue.ALL)
        for one in catalogue.ALL:
            assert rebuild(database, store, one)
        assert contents(database, catalogue.ALL) == kept_up
        assert projection.status(database) == statuses


OF_ITS_KIND: Final[dict[st.SearchStrategy[DomainEvent], Any]] = {
    lives.of_a_person: participant.ParticipantEvent,
    lives.of_a_program: program.ProgramEvent,
    lives.of_an_enrollment(lives.PROGRAMS[0], lives.PEOPLE[0]): enrollment.EnrollmentEvent,
    lives.of_a_competency: competency.CompetencyEvent,
    lives.of_a_proposal: proposal.ProposalEvent,
    of_a_mentorship: mentorship.MentorshipEvent,
    of_a_run: match_run.MatchRunEvent,
    of_a_conversation: conversation.ConversationEvent,
    of_an_inquiry: inquiry.InquiryEvent,
    of_a_meeting: meeting.MeetingEvent,
    of_a_feed: calendar_feed.CalendarFeedEvent,
    of_a_resource: resource.ResourceEvent,
    of_an_assignment: assignment.AssignmentEvent,
}


def test_the_random_lives_know_every_event() -> None:
    """An event that is added to a stream belongs into the property too."""
    drawn: set[str] = set()
    for strategy in OF_ITS_KIND:

        @settings(max_examples=300, database=None, derandomize=True)
        @given(strategy)
        def draw(event: DomainEvent) -> None:
            drawn.add(event.event_name)

        draw()
    known = {kind.event_name for union in OF_ITS_KIND.values() for kind in get_args(union) or (union,)}
    assert drawn == known
