"""What was stored stays readable: permanent names, golden samples, upcasts, and folds that never fail."""

import typing
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given as drawn
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
    notification,
    participant,
    program,
    proposal,
    resource,
    survey,
    webhook,
)
from domain.aggregate import Aggregate
from domain.command import Command
from domain.event import REGISTRY, THE_STREAM, UPCASTS, DomainEvent, Personal, upcasts
from domain.store import Store
from tests.domain.samples import AGGREGATES, EVERY, GOLDEN, NAMES, revived, stored, variants
from tests.scenario import fold, through_json

LISTED = """
participant: registered record_synced profile_described competency_offered competency_offer_withdrawn
  competency_sought competency_no_longer_sought availability_set person_avoided avoidance_lifted
  listed_as_expert unlisted_as_expert guest_invited consent_given consent_withdrawn
  notifications_preferred left returned erased
program: drafted described audience_limited relationship_types_set enrollment_configured matching_configured
  plan_set agreement_set communications_set accountability_set content_added content_removed staff_assigned
  staff_withdrawn opened closed wound_down archived announcement_made
enrollment: invited applied information_requested information_given approved rejected waitlisted
  preference_stated wishes_ranked request_opened request_closed place_reserved place_released paused resumed
  withdrawn removed completed
proposal: made viewed information_requested information_given accepted declined withdrawn expired superseded
  confirmed
mentorship: began agreement_signed goal_set goal_described goal_progressed goal_achieved goal_dropped
  milestone_reached checked_in member_joined member_left concern_raised concern_settled paused resumed
  extended concluded ended_early reopened handed_over migrated glass_broken
match_run: requested pair_locked pair_forbidden pair_released computed failed cancelled pairs_approved
  approval_withdrawn published discarded
competency: defined described synonyms_set moved linked unlinked retired restored
assignment: suggested assigned started submitted completed returned dropped
resource: document_shared link_shared described withdrawn published
meeting: proposed described slots_proposed answered confirmed rescheduled cancelled held missed noted
calendar_feed: issued revoked
conversation: message_sent message_withdrawn question_asked question_answered answer_accepted
inquiry: asked followed_up answered declined session_agreed closed rated
survey: asked answered lapsed
notification: sent read
webhook: registered changed paused resumed secret_rotated replay_asked pinged removed
"""


def test_the_names_are_the_permanent_ones() -> None:
    names, category = set(), ""
    for word in LISTED.split():
        category = word.removesuffix(":") if word.endswith(":") else category
        names |= set() if word.endswith(":") else {f"{category}.{word}"}
    assert set(NAMES) == names


def test_every_event_that_was_ever_stored_has_a_sample_and_no_sample_is_stray() -> None:
    expected = {f"{name}.v{version}.json" for name, version in EVERY}
    assert {path.name for path in GOLDEN.iterdir()} == expected, "write the sample of a new event or version"


@pytest.mark.parametrize(("name", "version"), EVERY)
def test_what_was_stored_is_still_read(name: str, version: int) -> None:
    event = revived(name, version)
    assert event.event_name == name
    if version == event.schema_version:
        written = event.model_dump(mode="json")
        assert written == stored(name, version), (
            "a sample has every field, and every field is stored as it was"
        )


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_fills_every_field(name: str) -> None:
    event = revived(name, REGISTRY[name].schema_version)
    empty = [
        field
        for field, info in type(event).model_fields.items()
        if not info.is_required() and getattr(event, field) == info.get_default(call_default_factory=True)
    ]
    assert empty == []


@pytest.mark.parametrize("name", NAMES)
def test_every_event_survives_its_json(name: str) -> None:
    full, required, _ = variants(name)
    assert [through_json(full), through_json(required)] == [full, required]


@pytest.mark.parametrize("aggregate", AGGREGATES, ids=lambda aggregate: aggregate.category)
def test_every_event_survives_the_store(aggregate: Aggregate[Any], memory_store: Store) -> None:
    stream = aggregate.stream(uuid4())
    events = [event for name in NAMES if name.startswith(aggregate.category) for event in variants(name)[:2]]
    memory_store.act(Command(id=uuid4(), actor="tester"), stream, lambda _: events)
    assert [recorded.event for recorded in memory_store.history(stream.id)] == events
    assert memory_store.load(stream).state == fold(aggregate, events)


@pytest.mark.parametrize("aggregate", AGGREGATES, ids=lambda aggregate: aggregate.category)
def test_no_history_is_too_strange_to_fold(aggregate: Aggregate[Any]) -> None:
    """Any sequence of events folds, also those no decision would ever have decided."""
    events = [event for name in NAMES if name.startswith(aggregate.category) for event in variants(name)]

    @drawn(st.lists(st.sampled_from(events), max_size=25))
    def folds(history: list[DomainEvent]) -> None:
        assert type(fold(aggregate, history)) is type(aggregate.initial)

    folds()


@pytest.mark.parametrize(
    ("union", "category"),
    [
        (participant.ParticipantEvent, "participant"),
        (program.ProgramEvent, "program"),
        (enrollment.EnrollmentEvent, "enrollment"),
        (proposal.ProposalEvent, "proposal"),
        (mentorship.MentorshipEvent, "mentorship"),
        (match_run.MatchRunEvent, "match_run"),
        (competency.CompetencyEvent, "competency"),
        (conversation.ConversationEvent, "conversation"),
        (inquiry.InquiryEvent, "inquiry"),
        (resource.ResourceEvent, "resource"),
        (assignment.AssignmentEvent, "assignment"),
        (meeting.MeetingEvent, "meeting"),
        (calendar_feed.CalendarFeedEvent, "calendar_feed"),
        (survey.SurveyEvent, "survey"),
        (notification.NotificationEvent, "notification"),
        (webhook.WebhookEvent, "webhook"),
    ],
)
def test_the_union_that_evolve_matches_is_complete(union: Any, category: str) -> None:
    assert {event.event_name for event in typing.get_args(union) or (union,)} == {
        name for name in NAMES if name.startswith(f"{category}.")
    }


PERSONAL = {
    "participant.registered": {"name", "email", "external_id"},
    "participant.record_synced": {"name", "email", "work_history"},
    "participant.profile_described": {"biography", "contact", "demographics", "work_history"},
    "participant.listed_as_expert": {"headline"},
    "participant.guest_invited": {"headline"},
    "enrollment.applied": {"answers"},
    "enrollment.information_requested": {"question"},
    "enrollment.information_given": {"answer"},
    "enrollment.rejected": {"reason"},
    "enrollment.removed": {"reason"},
    "enrollment.preference_stated": {"preference"},
    "proposal.made": {"words"},
    "proposal.information_requested": {"question"},
    "proposal.information_given": {"answer"},
    "proposal.declined": {"reason"},
    "mentorship.goal_set": {"text"},
    "mentorship.goal_described": {"text"},
    "mentorship.goal_progressed": {"note"},
    "mentorship.goal_dropped": {"reason"},
    "mentorship.checked_in": {"comment"},
    "mentorship.member_left": {"reason"},
    "mentorship.concern_raised": {"text"},
    "mentorship.concern_settled": {"note"},
    "mentorship.ended_early": {"words"},
    "mentorship.glass_broken": {"reason"},
    "inquiry.asked": {"text"},
    "inquiry.followed_up": {"text"},
    "inquiry.answered": {"text"},
    "inquiry.declined": {"reason"},
    "inquiry.rated": {"comment"},
    "conversation.message_sent": {"text"},
    "conversation.question_asked": {"text"},
    "conversation.question_answered": {"text"},
    "meeting.proposed": {"title", "agenda", "place", "link"},
    "meeting.described": {"title", "agenda", "place", "link"},
    "meeting.cancelled": {"reason"},
    "meeting.held": {"minutes"},
    "meeting.noted": {"text"},
    "assignment.suggested": {"title", "description"},
    "assignment.assigned": {"title", "description"},
    "assignment.submitted": {"text"},
    "assignment.returned": {"reason"},
    "resource.document_shared": {"name"},
    "resource.link_shared": {"title", "url"},
    "resource.described": {"title", "description"},
    "survey.answered": {"text"},
}
SUBJECTS = {
    "participant": THE_STREAM,
    "enrollment": "participant",
    "proposal": "by",
    "proposal.made": "author",
    "mentorship": "by",
    "mentorship.member_left": "participant",
    "mentorship.glass_broken": THE_STREAM,
    "conversation": "by",
    "inquiry": "by",
    "resource": "by",
    "assignment": "by",
    "meeting": "by",
    "survey": "by",
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_personal_is_marked_and_has_its_subject(name: str) -> None:
    event = REGISTRY[name]
    assert event.personal_fields == PERSONAL.get(name, set())
    subject = SUBJECTS.get(name, SUBJECTS.get(name.partition(".")[0]))
    assert event.subject == (subject if event.personal_fields else None)


def test_a_name_is_given_once() -> None:
    with pytest.raises(TypeError, match=r"the event name participant\.left is taken"):
        type("Left", (DomainEvent,), {"__module__": __name__}, name="participant.left")
    assert REGISTRY["participant.left"] is participant.Left


def test_personal_fields_need_a_subject_that_exists() -> None:
    kind: Any = Personal
    personal = {"__module__": __name__, "__annotations__": {"said": kind[str]}}
    with pytest.raises(TypeError, match="names no subject"):
        type("Said", (DomainEvent,), personal, name="test.said")
    with pytest.raises(TypeError, match="has no field 'who'"):
        type("Said", (DomainEvent,), personal, name="test.said", subject="who")
    assert "test.said" not in REGISTRY


def test_a_version_is_raised_by_one_function_only() -> None:
    step = ("test.upcast_once", 1)
    try:
        raised = upcasts(*step)(lambda data: {**data, "colour": "red"})
        assert UPCASTS[step]({"size": 1}) == raised({"size": 1}) == {"size": 1, "colour": "red"}
        with pytest.raises(TypeError, match="already has an upcast from version 1"):
            upcasts(*step)(lambda data: data)
    finally:
        UPCASTS.pop(step)
