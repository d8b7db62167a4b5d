"""A programme's life: drafted, configured, opened, closed, wound down, archived."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import program
from domain.accountability_settings import AccountabilitySettings, Degree
from domain.admission import ProgramIsArchived
from domain.audience import RuleIsUnreadable
from domain.event import DomainEvent
from domain.matching_settings import MatchingSettings, Mode
from domain.program import (
    PROGRAM,
    AccountabilitySet,
    AgreementSet,
    AnnouncementMade,
    Archived,
    AudienceLimited,
    Closed,
    CommunicationsSet,
    ContentAdded,
    ContentRemoved,
    Described,
    Drafted,
    EnrollmentConfigured,
    MatchingConfigured,
    Opened,
    PlanSet,
    RelationshipTypesSet,
    StaffAssigned,
    StaffWithdrawn,
    WoundDown,
)
from domain.program_settings import (
    AgreementSettings,
    Approval,
    Channel,
    CommunicationsSettings,
    EnrollmentSettings,
    Milestone,
    PlanSettings,
    Side,
    StaffRole,
)
from tests.people import ADA, KIM, ONBOARDING, SAM
from tests.programs import DRAFTED, HANDBOOK, OPENED, PAIR, READY
from tests.scenario import Given, given

ARCHIVED = (*OPENED, Closed(), WoundDown(), Archived())
SALES = 'department == "Sales"'


def draft(*since: DomainEvent) -> Given[program.Program]:
    return given(PROGRAM, DRAFTED, *since)


def test_a_programme_is_drafted_and_described() -> None:
    given(PROGRAM).when(program.draft, name="Onboarding", purpose="Nobody starts alone.").then(DRAFTED)
    draft().when(program.draft, name="Leadership").then_refused(program.ProgramExists)
    given(PROGRAM, *OPENED).when(program.draft, name=DRAFTED.name).then_refused(program.ProgramExists)
    draft().when(program.describe, name="Welcome").then(Described(name="Welcome"))
    given(PROGRAM).when(program.describe, name="Welcome").then_refused(program.ProgramIsUnknown)


def test_an_audience_is_limited_in_one_spelling_and_lifted() -> None:
    limited = AudienceLimited(role=Side.MENTEE, rule=SALES)
    draft().when(program.limit_audience, role=Side.MENTEE, rule=' department ==  "Sales"').then(limited)
    draft(limited).when(program.limit_audience, role=Side.MENTOR, rule="expert").then(
        AudienceLimited(role=Side.MENTOR, rule="expert")
    )
    draft(limited).when(program.limit_audience, role=Side.MENTEE, rule=None).then(
        AudienceLimited(role=Side.MENTEE)
    )
    draft().when(program.limit_audience, role=Side.MENTEE, rule=None).then_nothing()


def test_an_audience_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(RuleIsUnreadable):
        program.limit_audience(draft().state, role=Side.MENTOR, rule="department")


AGREEMENT = AgreementSettings(required=True, text="We keep what we hear to ourselves.")
PLAN = PlanSettings(milestones=(Milestone(id="met", title="You have met", due_day=14),))
STRICT = AccountabilitySettings(degree=Degree.STRICT)
SETTINGS: list[tuple[Any, Any]] = [
    (
        program.configure_enrollment,
        EnrollmentConfigured(settings=EnrollmentSettings(approval=Approval.AUTOMATIC)),
    ),
    (program.configure_matching, MatchingConfigured(settings=MatchingSettings(suggestions=9))),
    (program.set_plan, PlanSet(settings=PLAN)),
    (program.set_agreement, AgreementSet(settings=AGREEMENT)),
    (
        program.set_communications,
        CommunicationsSet(settings=CommunicationsSettings(channels=(Channel.INBOX,))),
    ),
    (program.set_accountability, AccountabilitySet(settings=STRICT)),
]


@pytest.mark.parametrize(("decision", "event"), SETTINGS)
def test_settings_are_set_and_what_holds_already_is_not_said_again(decision: Any, event: Any) -> None:
    draft().when(decision, settings=event.settings).then(event)
    draft().when(decision, settings=type(event.settings)()).then_nothing()
    given(PROGRAM, *ARCHIVED).when(decision, settings=event.settings).then_refused(ProgramIsArchived)


def test_relationship_types_are_set() -> None:
    draft().when(program.set_relationship_types, types=(PAIR,)).then(RelationshipTypesSet(types=(PAIR,)))


def test_each_relationship_type_is_listed_once() -> None:
    with pytest.raises(ValidationError, match="each relationship type can be listed once"):
        program.set_relationship_types(draft().state, types=(PAIR, PAIR.model_copy(update={"name": "Two"})))


def test_the_state_holds_the_settings_as_they_are_now() -> None:
    events = [event for _, event in SETTINGS]
    held = draft(AudienceLimited(role=Side.MENTOR, rule=SALES), *events).state.settings
    assert held.audience == {Side.MENTOR: SALES}
    assert [
        held.enrollment,
        held.matching,
        held.plan,
        held.agreement,
        held.communications,
        held.accountability,
    ] == [event.settings for _, event in SETTINGS]


def test_settings_made_before_opening_are_the_first_version_and_later_ones_count_up() -> None:
    set_twice = (PlanSet(settings=PLAN), AgreementSet(settings=AGREEMENT))
    assert draft(*set_twice).state.settings_version == 1
    assert given(PROGRAM, *OPENED).state.settings_version == 1
    assert given(PROGRAM, *OPENED, *set_twice).state.settings_version == 3
    assert given(PROGRAM, *OPENED, Described(name="Welcome")).state.settings_version == 1


def test_content_is_added_once_and_removed() -> None:
    wish: dict[str, Any] = {"content": HANDBOOK, "title": "Handbook", "url": "https://example.org/handbook"}
    added = ContentAdded(**wish)
    draft().when(program.add_content, **wish).then(added)
    draft(added).when(program.add_content, **{**wish, "title": "Other"}).then_refused(
        program.ContentIdIsTaken
    )
    draft(added).when(program.remove_content, content=HANDBOOK).then(ContentRemoved(content=HANDBOOK))
    draft().when(program.remove_content, content=HANDBOOK).then_nothing()


def test_staff_is_assigned_and_withdrawn() -> None:
    facilitates: dict[str, Any] = {"person": SAM.id, "role": StaffRole.FACILITATOR}
    draft().when(program.assign_staff, **facilitates).then(StaffAssigned(**facilitates))
    given(PROGRAM, *READY).when(program.withdraw_staff, **facilitates).then(StaffWithdrawn(**facilitates))
    draft().when(program.withdraw_staff, **facilitates).then_nothing()


def test_the_last_administrator_of_an_open_programme_stays() -> None:
    administers: dict[str, Any] = {"person": KIM.id, "role": StaffRole.ADMINISTRATOR}
    given(PROGRAM, *OPENED).when(program.withdraw_staff, **administers).then_refused(
        program.OpenProgramNeedsAdministrator
    )
    second = StaffAssigned(person=ADA.id, role=StaffRole.ADMINISTRATOR)
    given(PROGRAM, *OPENED, second).when(program.withdraw_staff, **administers).then(
        StaffWithdrawn(**administers)
    )
    given(PROGRAM, *READY).when(program.withdraw_staff, **administers).then(StaffWithdrawn(**administers))


def test_a_ready_programme_opens_closes_and_opens_again() -> None:
    given(PROGRAM, *READY).when(program.open_enrollment).then(Opened())
    given(PROGRAM, *OPENED).when(program.close).then(Closed())
    given(PROGRAM, *OPENED, Closed()).when(program.open_enrollment).then(Opened())
    given(PROGRAM, *OPENED, Closed()).when(program.wind_down).then(WoundDown())
    given(PROGRAM, *OPENED, Closed(), WoundDown()).when(program.archive).then(Archived())


def test_a_programme_that_is_not_ready_says_all_that_is_missing() -> None:
    draft(AccountabilitySet(settings=STRICT)).when(program.open_enrollment).then_refused(
        program.ProgramIsNotReady,
        missing="it has no relationship type; it has no administrator; "
        "it has no facilitator, who is to approve or match; "
        "strict accountability needs a required agreement; "
        "strict accountability needs milestones in the plan",
    )


def test_a_facilitator_is_needed_only_for_what_facilitators_do() -> None:
    alone = (
        RelationshipTypesSet(types=(PAIR,)),
        StaffAssigned(person=KIM.id, role=StaffRole.ADMINISTRATOR),
        EnrollmentConfigured(settings=EnrollmentSettings(approval=Approval.ADMINISTRATOR)),
    )
    draft(*alone).when(program.open_enrollment).then(Opened())
    by_hand = MatchingConfigured(settings=MatchingSettings(modes=(Mode.FACILITATOR,)))
    draft(*alone, by_hand).when(program.open_enrollment).then_refused(
        program.ProgramIsNotReady, missing="it has no facilitator, who is to approve or match"
    )


def test_a_strict_programme_with_agreement_and_milestones_opens() -> None:
    strict = (AccountabilitySet(settings=STRICT), AgreementSet(settings=AGREEMENT), PlanSet(settings=PLAN))
    given(PROGRAM, *READY, *strict).when(program.open_enrollment).then(Opened())


@pytest.mark.parametrize(
    ("history", "decision", "stage", "wish"),
    [
        (READY, program.close, "draft", "closed"),
        (READY, program.wind_down, "draft", "wound down"),
        (READY, program.archive, "draft", "archived"),
        (OPENED, program.wind_down, "open", "wound down"),
        (OPENED, program.archive, "open", "archived"),
        ((*OPENED, Closed()), program.archive, "closed", "archived"),
        ((*OPENED, Closed(), WoundDown()), program.open_enrollment, "wound down", "open"),
        ((*OPENED, Closed(), WoundDown()), program.close, "wound down", "closed"),
    ],
)
def test_no_stage_is_skipped_or_gone_back_to(history: Any, decision: Any, stage: str, wish: str) -> None:
    given(PROGRAM, *history).when(decision).then_refused(program.ProgramStageForbids, stage=stage, wish=wish)


def test_announcements_are_made_once_and_not_in_a_draft() -> None:
    wish: dict[str, Any] = {
        "announcement": UUID(int=7),
        "title": "Welcome",
        "text": "We begin on Monday.",
        "side": Side.MENTEE,
    }
    given(PROGRAM, *OPENED).when(program.announce, **wish).then(AnnouncementMade(**wish))
    given(PROGRAM, *READY).when(program.announce, **wish).then_refused(
        program.ProgramStageForbids, stage="draft", wish="announced in"
    )


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"text": "Hello,\n{{ all }}"}, "line 2: knows only the variables link, name, program, role"),
        ({"title": "x" * 201}, "at most 200 characters"),
    ],
)
def test_an_announcement_can_be_read_by_everybody(wrong: dict[str, str], why: str) -> None:
    wish = {"announcement": UUID(int=7), "title": "Welcome", "text": "We begin."}
    with pytest.raises(ValidationError, match=why):
        given(PROGRAM, *OPENED).when(program.announce, **{**wish, **wrong}).then()


WISHES: list[tuple[Any, dict[str, Any]]] = [
    (program.describe, {"name": "Welcome"}),
    (program.limit_audience, {"role": Side.MENTEE, "rule": SALES}),
    (program.set_relationship_types, {"types": ()}),
    (program.add_content, {"content": HANDBOOK, "title": "Handbook", "url": "https://example.org"}),
    (program.remove_content, {"content": HANDBOOK}),
    (program.assign_staff, {"person": ADA.id, "role": StaffRole.FACILITATOR}),
    (program.withdraw_staff, {"person": SAM.id, "role": StaffRole.FACILITATOR}),
    (program.open_enrollment, {}),
    (program.close, {}),
    (program.wind_down, {}),
    (program.announce, {"announcement": UUID(int=8), "title": "Late", "text": "Too late."}),
]


@pytest.mark.parametrize(("decision", "wish"), WISHES)
def test_nothing_can_be_added_to_an_archived_or_an_unknown_programme(decision: Any, wish: Any) -> None:
    given(PROGRAM, *ARCHIVED).when(decision, **wish).then_refused(ProgramIsArchived)
    given(PROGRAM).when(decision, **wish).then_refused(program.ProgramIsUnknown)


@pytest.mark.parametrize(
    ("history", "open_", "over", "archived"),
    [
        (READY, False, False, False),
        (OPENED, True, False, False),
        ((*OPENED, Closed()), False, False, False),
        ((*OPENED, Closed(), WoundDown()), False, True, False),
        (ARCHIVED, False, True, True),
    ],
)
def test_enrollments_are_told_the_terms(history: Any, open_: bool, over: bool, archived: bool) -> None:
    limited = AudienceLimited(role=Side.MENTEE, rule=SALES)
    terms = program.terms(given(PROGRAM, DRAFTED, limited, *history[1:]).state, ONBOARDING)
    assert (terms.program, terms.open, terms.over, terms.archived) == (ONBOARDING, open_, over, archived)
    assert terms.audience == {Side.MENTEE: SALES}
    assert terms.enrollment == EnrollmentSettings()


def test_a_drafted_programme_says_its_name() -> None:
    assert draft().state.description == ("Onboarding", "Nobody starts alone.")
    assert given(PROGRAM, Drafted(name="A")).state.description == ("A", None)
