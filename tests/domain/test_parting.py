"""Places are held by exactly who is in a running relationship, whatever is done to it: in one append."""

import pytest

from domain import course, enrollment, participant, places, program
from domain.admission import PersonIsNotActive, ProgramIsArchived, ProgramIsWoundDown
from domain.enrollment import ENROLLMENT, Applied, Paused, Withdrawn
from domain.guards import StillChanging
from domain.ids import enrollment_id, successor_id
from domain.mentorship import (
    MENTORSHIP,
    Began,
    EndedEarly,
    EndReason,
    Extended,
    HandedOver,
    MemberLeft,
    MentorshipExists,
    Migrated,
    Outcome,
)
from domain.participant import PARTICIPANT, AvailabilitySet, PersonAvoided
from domain.parting import (
    Leaver,
    OutsideAnyProgram,
    ending,
    handing_over,
    joining_in,
    leaver,
    losing,
    migrating,
    reopening,
)
from domain.profile import LeavingReason
from domain.program import PROGRAM, AgreementSet
from domain.program_settings import AgreementSettings, Side
from domain.relationship import RelationshipHasEnded, RelationshipIsUnknown, Status
from domain.store import Store
from tests.domain.places_held import LATER, RESERVED, Scene, everybody_is_in, full
from tests.domain.related import (
    AROUND,
    ASIDE,
    BEGAN,
    MENTORSHIP_ID,
    PLANNED_END,
    PROPOSAL,
    TODAY,
    mentee,
    mentor,
    sides,
)
from tests.people import ADA, KIM, LEADERSHIP, LIN, NOOR, OLA, ONBOARDING, SAM
from tests.programs import PAIR

SUCCESSOR = successor_id(MENTORSHIP_ID)
WITHDRAWN = Withdrawn()
LEFT = participant.Left(reason=LeavingReason.OWN_WISH)


@pytest.fixture
def scene(memory_store: Store) -> Scene:
    return everybody_is_in(memory_store)


@pytest.fixture
def pair(scene: Scene) -> Scene:
    scene.begin(BEGAN)
    return scene


@pytest.fixture
def circle(scene: Scene) -> Scene:
    scene.begin(AROUND)
    return scene


def test_an_end_frees_everybody_in_one_append(pair: Scene) -> None:
    before = pair.store.head()
    pair.conclude()
    assert len({told.command_id for told in pair.store.log(before)}) == 1
    assert (pair.held().status, pair.holding()) == (Status.CONCLUDED, set())


def test_a_repeated_end_frees_nobody_anew(pair: Scene) -> None:
    pair.conclude()
    pair.part(NOOR.id, RESERVED)
    assert pair.conclude().events == ()
    assert pair.holding() == {NOOR.id}


def test_who_joins_while_it_ends_keeps_no_place(circle: Scene) -> None:
    stale = circle.both()
    circle.leave(SAM)
    with pytest.raises(StillChanging):
        circle.do(ending(*stale, course.conclude, outcome=Outcome.ACHIEVED))
    assert circle.held().status is Status.RUNNING


def test_an_archived_programme_changes_nothing(pair: Scene) -> None:
    stale = pair.both()
    pair.happened(PROGRAM, ONBOARDING, program.Archived())
    with pytest.raises(StillChanging):
        pair.do(ending(*stale, course.conclude, outcome=Outcome.ACHIEVED))
    with pytest.raises(ProgramIsArchived):
        pair.conclude()
    assert pair.holding() == {ADA.id, NOOR.id}


def test_who_leaves_has_the_place_for_something_else(circle: Scene) -> None:
    circle.leave(NOOR)
    assert circle.holding() == {ADA.id, LIN.id, SAM.id}
    assert circle.leave(NOOR).events == ()


def test_who_has_left_keeps_what_they_were_given_since(circle: Scene) -> None:
    """Left, and taken in again by the successor, which goes on under the same proposal."""
    circle.leave(NOOR)
    circle.hand_over(KIM)
    circle.do(joining_in(*circle.both(SUCCESSOR), mentee(NOOR), circle.parties()))
    assert circle.leave(NOOR).events == ()
    assert circle.holding() == circle.running() == {KIM.id, NOOR.id, LIN.id, SAM.id}


def test_who_joins_has_a_place(circle: Scene) -> None:
    circle.leave(SAM)
    circle.join(mentee(SAM))
    circle.join(mentor(KIM))
    assert circle.holding() == {ADA.id, KIM.id, NOOR.id, LIN.id, SAM.id}
    assert circle.join(mentor(KIM)).events == ()


def test_who_joins_takes_part_and_is_free(circle: Scene) -> None:
    with pytest.raises(places.NotOnThatSide):
        circle.join(mentee(KIM))
    circle.part(KIM.id, Paused(until=LATER))
    with pytest.raises(enrollment.EnrollmentIsPaused):
        circle.join(mentor(KIM))
    full(circle, OLA)
    with pytest.raises(places.MentorIsFull):
        circle.join(mentor(OLA))
    assert circle.held().members == sides(*AROUND.members)


def test_nobody_is_told_who_avoids_whom(circle: Scene) -> None:
    with pytest.raises(places.MentorAcceptsNobody):
        circle.join(mentor(KIM), unwilling=True)
    with pytest.raises(places.MentorAcceptsNobody):
        circle.hand_over(KIM, unwilling=True)
    circle.join(mentor(KIM))
    assert circle.join(mentor(KIM), unwilling=True).events == ()


def test_who_joins_gives_no_hours_twice(circle: Scene) -> None:
    there = enrollment_id(LEADERSHIP, KIM.id)
    circle.happened(PARTICIPANT, KIM.id, AvailabilitySet(hours_a_month=3))
    with pytest.raises(places.MentorHasNoHours):
        circle.do(joining_in(*circle.both(), mentor(KIM), circle.parties({KIM.id: {there: 2}})))
    stale = joining_in(*circle.both(), mentor(KIM), circle.parties({KIM.id: {there: 0}}))
    circle.part(KIM.id, RESERVED, where=LEADERSHIP)
    with pytest.raises(StillChanging):
        circle.do(stale)


def test_what_is_reopened_has_everybodys_place_again(pair: Scene) -> None:
    pair.conclude()
    pair.reopen()
    assert (pair.held().planned_end, pair.holding()) == (LATER, {ADA.id, NOOR.id})
    assert pair.reopen().events == ()


def test_what_is_reopened_needs_everybodys_place(pair: Scene) -> None:
    pair.conclude()
    full(pair, ADA)
    with pytest.raises(places.MentorIsFull):
        pair.reopen()
    pair.happened(PROGRAM, ONBOARDING, program.Closed(), program.WoundDown())
    with pytest.raises(ProgramIsWoundDown):
        pair.reopen()
    assert (pair.held().status, pair.holding()) == (Status.CONCLUDED, set())


def test_who_is_gone_is_not_brought_back(pair: Scene) -> None:
    pair.lose(NOOR)
    pair.part(NOOR.id, WITHDRAWN)
    with pytest.raises(enrollment.NotInProgram):
        pair.reopen()


def test_who_has_come_to_avoid_the_other_is_not_brought_back_either(pair: Scene) -> None:
    pair.conclude()
    stale = reopening(*pair.both(), pair.parties(), until=LATER, today=TODAY)
    pair.happened(PARTICIPANT, NOOR.id, PersonAvoided(person=ADA.id))
    with pytest.raises(StillChanging):
        pair.do(stale)
    with pytest.raises(places.MentorAcceptsNobody):
        pair.do(reopening(*pair.both(), pair.parties(), until=LATER, today=TODAY, unwilling=True))
    assert (pair.held().status, pair.holding()) == (Status.CONCLUDED, set())


def test_whoever_comes_to_avoid_who_joins_is_seen_in_time(circle: Scene) -> None:
    stale = joining_in(*circle.both(), mentor(KIM), circle.parties())
    circle.happened(PARTICIPANT, LIN.id, PersonAvoided(person=KIM.id))
    with pytest.raises(StillChanging):
        circle.do(stale)
    over = handing_over(*circle.both(), circle.parties(), (KIM.id,))
    circle.happened(PARTICIPANT, KIM.id, PersonAvoided(person=NOOR.id))
    with pytest.raises(StillChanging):
        circle.do(over)


def test_what_is_extended_meanwhile_goes_on_as_long(pair: Scene) -> None:
    stale = handing_over(*pair.both(), pair.parties(), (KIM.id,))
    pair.happened(MENTORSHIP, MENTORSHIP_ID, Extended(until=LATER))
    with pytest.raises(StillChanging):
        pair.do(stale)
    pair.hand_over(KIM)
    assert pair.held(SUCCESSOR).planned_end == LATER


def test_another_mentor_takes_the_place_and_the_mentees_keep_theirs(pair: Scene) -> None:
    pair.happened(MENTORSHIP, MENTORSHIP_ID, Migrated(settings_version=2))
    before = pair.store.head()
    pair.hand_over(KIM)
    told = list(pair.store.log(before))
    assert len({one.command_id for one in told}) == 1
    assert HandedOver(successor=SUCCESSOR) in [one.event for one in told]
    assert not any(one.stream_id == NOOR.in_program(ONBOARDING) for one in told)
    assert pair.held(SUCCESSOR).began == Began(
        program=ONBOARDING,
        settings_version=2,
        type=PAIR,
        members=(mentor(KIM), mentee(NOOR)),
        planned_end=PLANNED_END,
        proposal=PROPOSAL,
        predecessor=MENTORSHIP_ID,
    )
    assert pair.holding() == {KIM.id, NOOR.id}


def test_it_is_handed_over_once(pair: Scene) -> None:
    pair.hand_over(KIM)
    assert pair.hand_over(KIM).events == ()
    with pytest.raises(MentorshipExists):
        pair.hand_over(OLA)
    pair.conclude(SUCCESSOR)
    assert pair.hand_over(KIM).events == ()
    assert pair.holding() == set()
    with pytest.raises(course.RelationshipGoesOn):
        pair.reopen()


def test_it_is_handed_over_to_who_is_free_and_with_who_is_still_in(circle: Scene) -> None:
    full(circle, KIM)
    with pytest.raises(places.MentorIsFull):
        circle.hand_over(KIM)
    circle.part(NOOR.id, WITHDRAWN)
    with pytest.raises(places.NotOnThatSide):
        circle.hand_over(OLA)
    assert circle.holding() == {ADA.id, NOOR.id, LIN.id, SAM.id}


def test_a_mentor_who_stays_keeps_the_place(circle: Scene) -> None:
    circle.hand_over(ADA, KIM)
    assert circle.held(SUCCESSOR).members == sides(mentor(ADA), mentor(KIM), *AROUND.members[1:])
    assert circle.holding() == {ADA.id, KIM.id, NOOR.id, LIN.id, SAM.id}


def test_what_has_ended_is_not_handed_over(pair: Scene) -> None:
    pair.conclude()
    with pytest.raises(RelationshipHasEnded):
        pair.hand_over(KIM)


def test_what_never_began_is_not_handed_over(scene: Scene) -> None:
    with pytest.raises(RelationshipIsUnknown):
        scene.hand_over(KIM)


def test_it_moves_to_the_version_that_is_the_newest_when_it_moves(pair: Scene) -> None:
    stale = migrating(*pair.both(), pair.program)
    other = AgreementSettings(required=True, text="We meet every week.")
    pair.happened(PROGRAM, ONBOARDING, AgreementSet(settings=other))
    with pytest.raises(StillChanging):
        pair.do(stale)
    moved = pair.do(migrating(*pair.both(), pair.program)).events
    assert moved == (Migrated(settings_version=pair.program.settings_version),)
    assert pair.do(migrating(*pair.both(), pair.program)).events == ()


def test_outside_any_programme_there_are_no_places(scene: Scene) -> None:
    scene.begin(ASIDE)
    scene.conclude()
    scene.do(reopening(*scene.both(), None, until=LATER, today=TODAY))
    assert (scene.held().status, scene.held().began) == (Status.RUNNING, ASIDE)
    scene.conclude()
    scene.happened(PARTICIPANT, NOOR.id, PersonAvoided(person=ADA.id))
    with pytest.raises(places.MentorAcceptsNobody):
        scene.do(reopening(*scene.both(), None, until=LATER, today=TODAY))
    scene.happened(PARTICIPANT, NOOR.id, LEFT)
    with pytest.raises(PersonIsNotActive):
        scene.do(reopening(*scene.both(), None, until=LATER, today=TODAY))


def test_what_came_of_no_proposal_has_no_places(scene: Scene) -> None:
    scene.begin(BEGAN.model_copy(update={"proposal": None}))
    scene.conclude()
    scene.reopen()
    assert (scene.held().status, scene.of(ADA).places) == (Status.RUNNING, {})


def test_outside_any_programme_nobody_else_comes_in(scene: Scene) -> None:
    scene.begin(ASIDE)
    within, held = scene.both()
    with pytest.raises(OutsideAnyProgram):
        joining_in(within, held, mentor(KIM), None)
    with pytest.raises(OutsideAnyProgram):
        handing_over(within, held, None, (KIM.id,))
    with pytest.raises(OutsideAnyProgram):
        migrating(within, held, None)


def test_a_group_goes_on_without_a_leaver(circle: Scene) -> None:
    circle.part(NOOR.id, WITHDRAWN)
    assert MemberLeft(participant=NOOR.id) in circle.lose(NOOR).events
    assert circle.holding() == circle.running() == {ADA.id, LIN.id, SAM.id}


def test_what_cannot_go_on_without_them_ends_and_frees_everybody(circle: Scene) -> None:
    circle.happened(PARTICIPANT, ADA.id, LEFT)
    ended = EndedEarly(reason=EndReason.LEFT_ORGANISATION)
    assert ended in circle.lose(ADA, reason=EndReason.LEFT_ORGANISATION).events
    assert circle.holding() == set()


def test_outside_any_programme_it_ends_with_a_leaver(scene: Scene) -> None:
    scene.begin(ASIDE)
    gone = {ADA.id: Leaver(scene.person(ADA), ENROLLMENT.initial, EndReason.LEFT_ORGANISATION)}
    scene.do(losing(*scene.both(), gone))
    assert scene.held().status is Status.ENDED_EARLY


def test_who_is_back_in_the_meantime_stays(circle: Scene) -> None:
    gone = {NOOR.id: Leaver(circle.person(NOOR), circle.of(NOOR), EndReason.LEFT_PROGRAM)}
    stale = losing(*circle.both(), gone)
    circle.part(NOOR.id, WITHDRAWN, Applied(program=ONBOARDING, participant=NOOR.id, role=Side.MENTEE))
    with pytest.raises(StillChanging):
        circle.do(stale)


def test_who_is_a_leaver_is_told_from_their_part_and_from_themself(pair: Scene) -> None:
    noor, part = pair.person(NOOR), pair.of(NOOR)
    assert leaver(noor, part, Side.MENTEE) is None
    assert leaver(noor, None, Side.MENTEE) is None
    other = leaver(noor, part, Side.MENTOR)
    assert other == Leaver(noor, part, EndReason.LEFT_PROGRAM)
    pair.part(NOOR.id, WITHDRAWN)
    out = leaver(noor, pair.of(NOOR), Side.MENTEE)
    assert out == Leaver(noor, pair.of(NOOR), EndReason.LEFT_PROGRAM)
    pair.happened(PARTICIPANT, NOOR.id, LEFT)
    gone = leaver(pair.person(NOOR), None, Side.MENTEE)
    assert gone == Leaver(pair.person(NOOR), ENROLLMENT.initial, EndReason.LEFT_ORGANISATION)
