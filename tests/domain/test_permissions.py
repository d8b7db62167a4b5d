"""The whole table, role by action, and what its scopes mean."""

from dataclasses import replace
from types import ModuleType
from typing import Final
from uuid import UUID

import pytest

from domain import (
    assignment,
    calendar_feed,
    consent,
    conversation,
    course,
    enrollment,
    expert,
    goals,
    inquiry,
    joining,
    mailing,
    match_run,
    meeting,
    meeting_series,
    meeting_times,
    mentorship,
    notification,
    participant,
    places,
    program,
    proposal,
    resource,
    survey,
)
from domain.permissions import TABLE, Action, Actor, Role, Scope, Thing, may, scopes_for
from tests.people import ADA, EVE, KIM, NOOR, OLA, ONBOARDING, SAM, Person


def staff(*people: tuple[Person, Role]) -> dict[UUID, frozenset[Role]]:
    return {person.id: frozenset({role}) for person, role in people}


STAFF = staff((SAM, Role.FACILITATOR), (KIM, Role.ADMINISTRATOR))
ONBOARDING_OF_NOOR = Thing(person=NOOR.id, program=ONBOARDING, staff=STAFF)
ELSEWHERE = Thing(person=NOOR.id, program=ONBOARDING)

# Who may do it: P participant and G guest (p, g: on their own things alone), F and A facilitator and
# administrator (f, a: in their own programmes alone; F:own, A:own: on their own things), O organisation
# admin and U auditor (o, u: where they have broken the glass), S service whose token says so.
EXPECTED: Final = """
participant.register                   O S
participant.sync_record                O S
participant.describe_profile           p g
participant.offer_competency           p g O S
participant.withdraw_competency_offer  p g O S
participant.seek_competency            p g O S
participant.stop_seeking_competency    p g O S
participant.set_availability           p g O S
participant.avoid_person               p g
participant.lift_avoidance             p g
participant.list_as_expert             p g O S
participant.unlist_as_expert           p g O S
participant.give_consent               p g
participant.withdraw_consent           p g
participant.prefer_notifications       p g F:own A:own
participant.leave                      p g O S
participant.come_back                  O S
participant.erase                      O
program.draft                          O S
program.describe                       a O S
program.limit_audience                 a O S
program.set_relationship_types         a O S
program.configure_enrollment           a O S
program.configure_matching             a O S
program.set_plan                       a O S
program.set_agreement                  a O S
program.set_communications             a O S
program.set_accountability             a O S
program.add_content                    f a O S
program.remove_content                 f a O S
program.assign_staff                   O S
program.withdraw_staff                 O S
program.open                           a O S
program.close                          a O S
program.wind_down                      a O S
program.archive                        a O S
program.announce                       f a O S
enrollment.invite                      f a O S
enrollment.apply                       p
enrollment.request_information         f a O S
enrollment.give_information            p
enrollment.approve                     f a O S
enrollment.reject                      f a O S
enrollment.waitlist                    f a O S
enrollment.reserve_place               f a O S
enrollment.release_place               f a O S
enrollment.pause                       p f a O S
enrollment.resume                      p f a O S
enrollment.withdraw                    p
enrollment.remove                      f a O S
enrollment.complete                    f a O S
enrollment.rank_wishes                 p
enrollment.state_preference            p
proposal.request                       p
proposal.propose                       f a O S
proposal.view                          p
proposal.request_information           p
proposal.give_information              p
proposal.accept                        p
proposal.decline                       p
proposal.withdraw                      p f a O S
match_run.request                      a O S
match_run.lock_pair                    a O S
match_run.forbid_pair                  a O S
match_run.release_pair                 a O S
match_run.approve_pairs                a O S
match_run.publish                      a O S
match_run.cancel                       a O S
match_run.discard                      a O S
mentorship.sign_agreement              p g
mentorship.set_goal                    p g
mentorship.progress_goal               p g
mentorship.reach_milestone             p g f a O S
mentorship.check_in                    p g
mentorship.add_member                  f a O S
mentorship.remove_member               f a O S
mentorship.leave                       p g
mentorship.raise_concern               p g
mentorship.settle_concern              f a
mentorship.pause                       p g f a O S
mentorship.resume                      p g f a O S
mentorship.extend                      p g f a O S
mentorship.conclude                    p g f a O S
mentorship.end_early                   p g f a O S
mentorship.reopen                      f a O S
mentorship.hand_over                   f a O S
mentorship.migrate                     a O S
mentorship.break_glass                 O U
meeting.propose                        p g
meeting.describe                       p g
meeting.answer                         p g
meeting.confirm                        p g
meeting.reschedule                     p g
meeting.cancel                         p g
meeting.record                         p g
meeting.note                           p g
calendar.issue                         p g
calendar.revoke                        p g O S
conversation.send_message              p g
conversation.withdraw_message          p g
conversation.ask_question              p g
conversation.answer_question           p g
conversation.accept_answer             p g
resource.share_document                p g
resource.share_link                    p g
resource.describe                      p g
resource.withdraw                      p g f a O S
resource.publish                       p g
assignment.suggest                     p g
assignment.assign                      p g f a
assignment.start                       p g
assignment.submit                      p g
assignment.complete                    p g
assignment.return                      p g
assignment.drop                        p g f a
participant.invite_guest               O S
inquiry.ask                            p
inquiry.answer                         p g
inquiry.decline                        p g
inquiry.agree_session                  p g
inquiry.close                          p g
inquiry.rate                           p
survey.ask                             f a O S
survey.answer                          p g
notification.read                      p g F:own A:own
competencies.curate                    O S
webhooks.manage                        O
import.run                             O S
import.undo                            O S
profiles.see                           P g F A O U S
profiles.see_names                     P g F A O S
profiles.see_contact                   p g F A O S
profiles.see_record                    p g O U S
profiles.see_private                   p g
programs.see                           P F A O U S
programs.see_drafts                    f a O U S
programs.see_settings                  f a O U S
enrollments.see                        p f a O U S
enrollments.see_answers                p f a O S
enrollments.see_preference             p
suggestions.see                        p f a O S
proposals.see                          p f a O U S
match_runs.see                         f a O U S
mentorships.see                        p g f a O U S
messages.see                           p g f a o u
notes.see                              p g f a o u
meetings.see                           p g f a o u
goals.see                              p g f a o u
documents.see                          p g f a o u
check_ins.see                          p g f a o u
concerns.see                           p g f a o u
history.export                         p g
library.see                            p g f a O S
directory.see                          P F A O S
inquiries.see                          p g
inbox.see                              p g f a
surveys.see                            p g f a o u
notifications.see                      p g F:own A:own
metrics.see                            p g f a O U S
health.see                             f a O U S
reports.see                            a O U S
competencies.see                       P G F A O U S
webhooks.see                           O U
log.see                                O U S
views.see                              O U S
"""
LETTERS: Final = {
    "P": Role.PARTICIPANT,
    "G": Role.GUEST,
    "F": Role.FACILITATOR,
    "A": Role.ADMINISTRATOR,
    "O": Role.ORGANISATION_ADMIN,
    "U": Role.AUDITOR,
    "S": Role.SERVICE,
}
NARROW: Final = {
    "p": Scope.OWN,
    "g": Scope.OWN,
    "f": Scope.STAFFED,
    "a": Scope.STAFFED,
    "o": Scope.OPENED,
    "u": Scope.OPENED,
}


def expected() -> dict[str, dict[Role, Scope]]:
    rows = (line.split() for line in EXPECTED.strip().splitlines())
    return {action: dict(map(entry, entries)) for action, *entries in rows}


def entry(written: str) -> tuple[Role, Scope]:
    letter, _, scope = written.partition(":")
    return LETTERS[letter.upper()], Scope(scope) if scope else NARROW.get(letter, Scope.ANY)


def test_the_table_is_the_one_that_was_agreed() -> None:
    assert {str(action): dict(row) for action, row in TABLE.items()} == expected()
    assert set(TABLE) == set(Action)


def lone(role: Role, action: Action) -> Actor:
    """An actor with this role alone, whose token, where it is a service, grants the action."""
    person = None if role is Role.SERVICE else ADA.id
    scopes = frozenset({str(action)}) if role is Role.SERVICE else frozenset[str]()
    return Actor(id="actor", roles=frozenset({role}), participant=person, scopes=scopes)


@pytest.mark.parametrize("action", Action)
def test_each_role_reaches_exactly_as_far_as_its_row_says(action: Action) -> None:
    row = expected()[action]
    others = Thing(person=NOOR.id, program=ONBOARDING, staff=STAFF)
    own = Thing(person=ADA.id, program=ONBOARDING, staff=STAFF)
    for role in Role:
        actor, scope = lone(role, action), row.get(role)
        staffed = Thing(person=NOOR.id, program=ONBOARDING, staff=staff((ADA, role)))
        assert may(actor, action, others) is (scope is Scope.ANY)
        assert may(actor, action, own) is (scope in {Scope.ANY, Scope.OWN})
        assert may(actor, action, staffed) is (scope in {Scope.ANY, Scope.STAFFED})
        assert may(actor, action, replace(others, opened=True)) is (scope in {Scope.ANY, Scope.OPENED})
        assert scopes_for(actor, action) == (frozenset() if scope is None else {(role, scope)})


def test_noor_decides_about_her_own_profile_alone() -> None:
    assert may(NOOR.actor, Action.DESCRIBE_PROFILE, Thing(person=NOOR.id))
    assert not may(NOOR.actor, Action.DESCRIBE_PROFILE, Thing(person=ADA.id))


def test_sam_approves_where_sam_facilitates() -> None:
    assert may(SAM.actor, Action.APPROVE, ONBOARDING_OF_NOOR)
    assert not may(SAM.actor, Action.APPROVE, ELSEWHERE)


def test_a_facilitator_by_role_is_none_in_a_programme_that_made_them_administrator() -> None:
    made_administrator = Thing(program=ONBOARDING, staff=staff((SAM, Role.ADMINISTRATOR)))
    assert not may(SAM.actor, Action.ADD_CONTENT, made_administrator)


def test_kim_configures_only_what_kim_administers() -> None:
    assert may(KIM.actor, Action.CONFIGURE_MATCHING, ONBOARDING_OF_NOOR)
    assert not may(KIM.actor, Action.CONFIGURE_MATCHING, ELSEWHERE)
    assert not may(KIM.actor, Action.DRAFT_PROGRAM, Thing())


def test_ola_may_do_what_the_organisation_needs_and_see_nothing_private() -> None:
    assert may(OLA.actor, Action.DRAFT_PROGRAM, Thing())
    assert may(OLA.actor, Action.ERASE, Thing(person=NOOR.id))
    assert not may(OLA.actor, Action.SEE_PRIVATE, Thing(person=NOOR.id))


def test_eve_reads_everything_but_personal_text_and_changes_nothing() -> None:
    auditor = Actor(id="eve", roles=frozenset({Role.AUDITOR}), participant=EVE.id)
    allowed = {action for action in Action if may(auditor, action, ONBOARDING_OF_NOOR)}
    assert all(".see" in action for action in allowed - {Action.BREAK_GLASS})
    assert allowed.isdisjoint({Action.SEE_NAMES, Action.SEE_CONTACT, Action.SEE_PRIVATE, Action.SEE_ANSWERS})


def test_a_service_does_only_what_its_token_says() -> None:
    scim = Actor(id="scim", roles=frozenset({Role.SERVICE}), scopes=frozenset({"participant.sync_record"}))
    assert may(scim, Action.SYNC_RECORD, Thing(person=NOOR.id))
    assert not may(scim, Action.ERASE, Thing(person=NOOR.id))
    assert not may(scim, Action.REGISTER, Thing(person=NOOR.id))


def test_a_scope_in_a_token_makes_no_person_a_service() -> None:
    sly = Actor(id="sly", roles=NOOR.roles, participant=NOOR.id, scopes=frozenset({"participant.erase"}))
    assert not may(sly, Action.ERASE, Thing(person=NOOR.id))


def test_nobody_in_particular_owns_nothing() -> None:
    """A thing of nobody is not the own thing of an actor who is nobody."""
    nobody = Actor(id="nobody", roles=frozenset(Role))
    assert not may(nobody, Action.DESCRIBE_PROFILE, Thing())
    assert scopes_for(nobody, Action.DESCRIBE_PROFILE) == frozenset()
    assert not may(Actor(id="none", roles=frozenset()), Action.SEE_PROGRAMS, Thing())


SLICES: Final = {
    "participant": (participant, consent, expert, mailing),
    "program": (program,),
    "enrollment": (enrollment, places),
    "proposal": (proposal,),
    "mentorship": (mentorship, goals, joining, course),
    "match_run": (match_run,),
    "resource": (resource,),
    "assignment": (assignment,),
    "meeting": (meeting, meeting_times, meeting_series),
    "calendar": (calendar_feed,),
    "conversation": (conversation,),
    "inquiry": (inquiry,),
    "survey": (survey,),
    "notification": (notification,),
}
# Two ways to make a proposal are two actions; who may approve may take the approval back. What goes on with
# one meeting goes on with a series of them.
NAMED_OTHERWISE: Final = {
    "assignment.schedule": {"assignment.assign"},
    "assignment.send_back": {"assignment.return"},
    "participant.stop_mail": {"participant.prefer_notifications"},
    "program.open_enrollment": {"program.open"},
    "proposal.make": {"proposal.request", "proposal.propose"},
    "match_run.withdraw_approval": {"match_run.approve_pairs"},
    "mentorship.describe_goal": {"mentorship.set_goal"},
    "mentorship.drop_goal": {"mentorship.set_goal"},
    "mentorship.achieve_goal": {"mentorship.progress_goal"},
    "inquiry.follow_up": {"inquiry.ask"},
    "meeting.propose_slots": {"meeting.propose"},
    "meeting.hold": {"meeting.record"},
    "meeting.miss": {"meeting.record"},
    "meeting.confirm_what_is_proposed": {"meeting.confirm"},
    "meeting.cancel_what_is_to_come": {"meeting.cancel"},
}
# A rule's or a timer's own doing, or a part of what another command brings about: nobody's wish.
NOBODYS_WISH: Final = {
    "enrollment.recheck",
    "enrollment.takes_part",
    "enrollment.could_take",
    "enrollment.close_request",
    "enrollment.free_place",
    "proposal.expire",
    "proposal.supersede",
    "mentorship.begin",
    "mentorship.resume_in_time",
    "mentorship.part_with",
    "match_run.record_computed",
    "match_run.record_failed",
    "inquiry.let_go",
    "survey.lapse",
    "notification.send",
}


def decisions_of(module: ModuleType) -> set[str]:
    return {
        name
        for name, function in vars(module).items()
        if callable(function)
        and getattr(function, "__module__", None) == module.__name__
        and not name.startswith("_")
        and "list[domain.event.DomainEvent]" in str(getattr(function, "__annotations__", {}).get("return"))
    }


@pytest.mark.parametrize("slice_", SLICES)
def test_every_decision_of_the_slices_has_its_action(slice_: str) -> None:
    decisions = {f"{slice_}.{name}" for module in SLICES[slice_] for name in decisions_of(module)}
    wishes = (NAMED_OTHERWISE.get(one, {one}) for one in decisions - NOBODYS_WISH)
    assert set().union(*wishes) == {action for action in Action if action.startswith(f"{slice_}.")}
    assert {one for one in NOBODYS_WISH | set(NAMED_OTHERWISE) if one.startswith(f"{slice_}.")} <= decisions
