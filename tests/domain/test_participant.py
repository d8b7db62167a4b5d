"""What the record says, what the person says, and when nothing can be said any more."""

from datetime import date
from typing import Any, get_args
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import consent, mailing, participant, profile
from domain.event import ERASED, DomainEvent
from domain.ids import ParticipantId
from domain.participant import (
    PARTICIPANT,
    AvailabilitySet,
    AvoidanceLifted,
    CompetencyNoLongerSought,
    CompetencyOffered,
    CompetencyOfferWithdrawn,
    CompetencySought,
    ConsentGiven,
    ConsentWithdrawn,
    Erased,
    Left,
    ListedAsExpert,
    PersonAvoided,
    ProfileDescribed,
    RecordSynced,
    Registered,
    Returned,
)
from domain.profile import Contact, Job, LeavingReason, Record, Statement
from tests.people import ADA, NOOR, SAM
from tests.scenario import Decision, Given, given

LEFT = Left(reason=LeavingReason.LEFT_ORGANISATION)
PYTHON = CompetencyOffered(competency="Python", level=4)
SPEAKING = CompetencySought(competency="Public speaking", level=3, priority=1)
SALES = RecordSynced(source="csv", changed=("department", "languages"), department="Sales", languages=("de",))


def ada(*since: DomainEvent) -> Given[participant.Participant]:
    return given(PARTICIPANT, ADA.registered, *since)


def test_a_person_is_registered() -> None:
    wish = {"name": "Ada Okafor", "email": "ada@example.org", "external_id": "ada", "source": "csv"}
    given(PARTICIPANT).when(participant.register, **wish).then(ADA.registered)


def test_a_person_without_an_address_is_registered() -> None:
    given(PARTICIPANT).when(participant.register, name=" Ada  Okafor ", source="manual").then(
        Registered(name="Ada Okafor", source="manual")
    )


def test_an_id_is_taken_once() -> None:
    ada().when(participant.register, name="Noor", source="csv").then_refused(participant.AlreadyRegistered)


def test_the_erased_are_not_registered_again() -> None:
    ada(Erased()).when(participant.register, name="Ada Okafor", source="csv").then_refused(
        participant.PersonIsErased
    )


def sync(history: Given[Any], *, source: str = "csv", **record: Any) -> Any:
    return history.when(participant.sync_record, oneself=ADA.id, source=source, record=Record(**record))


def describe(history: Given[Any], **statement: Any) -> Any:
    return history.when(participant.describe_profile, statement=Statement(**statement))


def test_a_sync_says_only_what_is_new() -> None:
    sync(ada(SALES), department="Sales", job_title="Engineer", name=ADA.name).then(
        RecordSynced(source="csv", changed=("job_title",), job_title="Engineer")
    )


def test_a_record_that_says_nothing_of_a_field_leaves_it_alone() -> None:
    sync(ada(SALES)).then_nothing()


def test_an_emptied_record_field_is_emptied() -> None:
    sync(ada(SALES), department=None).then(RecordSynced(source="csv", changed=("department",)))
    sync(ada(), department=None, languages=()).then_nothing()


def test_the_whole_record_is_synced() -> None:
    history = (Job(title="Engineer", since=date(2020, 1, 1)),)
    record: dict[str, Any] = {
        "name": "Ada Obi",
        "email": "ada.obi@example.org",
        "job_title": "Lead engineer",
        "department": "Engineering",
        "location": "Lagos",
        "manager": SAM.id,
        "time_zone": "Africa/Lagos",
        "languages": ("en", "yo"),
        "work_history": history,
    }
    sync(ada(), source="scim", **record).then(
        RecordSynced(source="scim", changed=get_args(profile.RecordField), **record)
    )


def test_a_sync_never_overwrites_what_the_person_has_said() -> None:
    said = ProfileDescribed(changed=("languages",), languages=("en",))
    sync(ada(SALES, said), languages=("fr",), department="Finance").then(
        RecordSynced(source="csv", changed=("department",), department="Finance")
    )


def test_emptying_ones_word_hands_the_field_back_to_the_record() -> None:
    said = ProfileDescribed(changed=("languages",), languages=("en",))
    taken_back = ProfileDescribed(changed=("languages",), languages=())
    describe(ada(SALES, said), languages=()).then(taken_back)
    sync(ada(SALES, said, taken_back), languages=("fr",)).then(
        RecordSynced(source="csv", changed=("languages",), languages=("fr",))
    )


def test_saying_what_the_record_says_makes_it_ones_own_word() -> None:
    describe(ada(SALES), languages=("de",)).then(ProfileDescribed(changed=("languages",), languages=("de",)))


def test_a_person_describes_themself() -> None:
    contact = Contact(phone="+234 1 555 0100", messenger="@ada")
    describe(ada(), biography="I build bridges.", contact=contact, demographics={"gender": "woman"}).then(
        ProfileDescribed(
            changed=("biography", "contact", "demographics"),
            biography="I build bridges.",
            contact=contact,
            demographics={"gender": "woman"},
        )
    )


def test_nobody_manages_or_avoids_themself() -> None:
    sync(ada(), manager=ADA.id).then_refused(participant.NobodyManagesThemself)
    ada().when(participant.avoid_person, oneself=ADA.id, person=ADA.id).then_refused(
        participant.NobodyAvoidsThemself
    )


def test_competencies_are_offered_and_withdrawn() -> None:
    ada().when(participant.offer_competency, competency="Python", level=4).then(PYTHON)
    ada(PYTHON).when(participant.withdraw_competency_offer, competency=" python").then(
        CompetencyOfferWithdrawn(competency="Python")
    )
    ada().when(participant.withdraw_competency_offer, competency="Python").then_nothing()


def test_another_spelling_is_the_same_competency() -> None:
    ada(PYTHON).when(participant.offer_competency, competency="PYTHON", level=4).then_nothing()
    ada(PYTHON).when(participant.offer_competency, competency="PYTHON", level=5).then(
        CompetencyOffered(competency="Python", level=5)
    )


def test_competencies_are_sought_and_no_longer_sought() -> None:
    wish = {"competency": "Public speaking", "level": 3, "priority": 1}
    ada().when(participant.seek_competency, **wish).then(SPEAKING)
    ada(SPEAKING).when(participant.seek_competency, **{**wish, "priority": 2}).then(
        CompetencySought(competency="Public speaking", level=3, priority=2)
    )
    ada(SPEAKING).when(participant.stop_seeking_competency, competency="public  Speaking").then(
        CompetencyNoLongerSought(competency="Public speaking")
    )
    ada().when(participant.stop_seeking_competency, competency="Public speaking").then_nothing()


def test_there_is_an_end_to_competencies() -> None:
    most = profile.MOST_COMPETENCIES
    offers = [CompetencyOffered(competency=f"Skill {n}", level=1) for n in range(most)]
    wishes = [CompetencySought(competency=f"Skill {n}", level=1, priority=1) for n in range(most)]
    ada(*offers).when(participant.offer_competency, competency="One more", level=1).then_refused(
        participant.TooManyCompetencies, limit=most
    )
    ada(*wishes).when(participant.seek_competency, competency="One more", level=1, priority=1).then_refused(
        participant.TooManyCompetencies, limit=most
    )


def test_availability_is_set() -> None:
    ada().when(participant.set_availability, hours_a_month=6, until=date(2031, 1, 1)).then(
        AvailabilitySet(hours_a_month=6, accepting=True, until=date(2031, 1, 1))
    )


def test_people_are_avoided_and_no_longer_avoided() -> None:
    avoided = PersonAvoided(person=NOOR.id)
    ada().when(participant.avoid_person, oneself=ADA.id, person=NOOR.id).then(avoided)
    ada(avoided).when(participant.lift_avoidance, person=NOOR.id).then(AvoidanceLifted(person=NOOR.id))
    ada().when(participant.lift_avoidance, person=NOOR.id).then_nothing()


def test_there_is_an_end_to_avoiding() -> None:
    everybody = [PersonAvoided(person=ParticipantId(UUID(int=n))) for n in range(profile.MOST_AVOIDED)]
    ada(*everybody).when(participant.avoid_person, oneself=ADA.id, person=NOOR.id).then_refused(
        participant.TooManyAvoided, limit=profile.MOST_AVOIDED
    )


def test_consent_is_given_renewed_and_withdrawn() -> None:
    second = ConsentGiven(policy="privacy", version=2)
    ada().when(consent.give_consent, policy="privacy", version=2).then(second)
    ada(second).when(consent.give_consent, policy="privacy", version=3).then(
        ConsentGiven(policy="privacy", version=3)
    )
    ada(second).when(consent.give_consent, policy="privacy", version=1).then_refused(
        consent.NewerConsentHolds, held=2
    )
    ada(second).when(consent.withdraw_consent, policy="privacy").then(ConsentWithdrawn(policy="privacy"))
    ada(second, LEFT).when(consent.withdraw_consent, policy="privacy").then(
        ConsentWithdrawn(policy="privacy")
    )


def test_people_leave_and_return() -> None:
    ada().when(participant.leave, reason=LeavingReason.LEFT_ORGANISATION).then(LEFT)
    ada(LEFT).when(participant.leave, reason=LeavingReason.OWN_WISH).then_nothing()
    ada(LEFT).when(participant.come_back).then(Returned())
    ada().when(participant.come_back).then_nothing()
    sync(ada(LEFT, Returned()), department="Sales").then(
        RecordSynced(source="csv", changed=("department",), department="Sales")
    )


def test_erasure_is_the_last_word() -> None:
    ada().when(participant.erase).then(Erased())
    ada(LEFT).when(participant.erase).then(Erased())
    given(PARTICIPANT).when(participant.erase).then_refused(participant.PersonIsUnknown)
    assert ada(PYTHON, Erased()).state == participant.Participant(status=participant.Status.ERASED)


WISHES: dict[str, dict[str, Any]] = {
    "sync_record": {"oneself": ADA.id, "source": "csv", "record": Record(department="Sales")},
    "describe_profile": {"statement": Statement(biography="I build bridges.")},
    "offer_competency": {"competency": "Python", "level": 4},
    "withdraw_competency_offer": {"competency": "Python"},
    "seek_competency": {"competency": "Python", "level": 4, "priority": 1},
    "stop_seeking_competency": {"competency": "Python"},
    "set_availability": {"hours_a_month": 4},
    "avoid_person": {"oneself": ADA.id, "person": NOOR.id},
    "lift_avoidance": {"person": NOOR.id},
    "give_consent": {"policy": "privacy", "version": 1},
    "withdraw_consent": {"policy": "privacy"},
    "prefer_notifications": {"mail": False},
    "stop_mail": {},
    "leave": {"reason": LeavingReason.OWN_WISH},
    "come_back": {},
}
STILL_POSSIBLE = {"withdraw_consent", "stop_mail", "leave", "come_back"}


def decision_of(wish: str) -> Decision:
    of_all: dict[str, Decision] = {**vars(participant), **vars(consent), **vars(mailing)}
    return of_all[wish]


@pytest.mark.parametrize("wish", WISHES)
def test_nothing_is_decided_about_the_unknown_and_the_erased(wish: str) -> None:
    decision = decision_of(wish)
    given(PARTICIPANT).when(decision, **WISHES[wish]).then_refused(participant.PersonIsUnknown)
    ada(Erased()).when(decision, **WISHES[wish]).then_refused(participant.PersonIsErased)


@pytest.mark.parametrize("wish", sorted(WISHES.keys() - STILL_POSSIBLE))
def test_nothing_changes_about_somebody_who_has_left(wish: str) -> None:
    ada(LEFT).when(decision_of(wish), **WISHES[wish]).then_refused(participant.PersonHasLeft)


def test_other_rules_are_told_the_facts_and_nothing_personal() -> None:
    manager = RecordSynced(source="csv", changed=("manager",), manager=SAM.id)
    history = ada(SALES, manager, PYTHON, SPEAKING, AvailabilitySet(hours_a_month=6, accepting=False))
    facts = participant.facts(history.state, ADA.id)
    assert facts.active
    assert facts.profile == {
        "department": "Sales",
        "languages": ("de",),
        "has_manager": True,
        "expert": False,
        "hours_a_month": 6,
        "accepting": False,
        "competencies_offered": ("Python",),
        "competencies_sought": ("Public speaking",),
    }
    assert (facts.hours_a_month, facts.accepting) == (6, False)


def test_the_facts_of_somebody_who_has_said_nothing() -> None:
    facts = participant.facts(ada(LEFT).state, ADA.id)
    assert (facts.active, facts.hours_a_month, facts.accepting) == (False, None, True)


def test_an_erased_history_still_folds() -> None:
    history = ada(
        Registered(name=ERASED, email=ERASED, external_id=ERASED, source="csv"),
        RecordSynced(source="csv", changed=("name", "work_history"), name=ERASED, work_history=ERASED),
        ProfileDescribed(changed=("biography",), biography=ERASED),
        ListedAsExpert(headline=ERASED, topics=("Python",)),
    )
    assert history.state.said["biography"] is ERASED


def test_an_invalid_wish_is_refused_without_repeating_it() -> None:
    with pytest.raises(ValidationError) as refused:
        participant.register(participant.Participant(), name="Ada", email="ada at example", source="csv")
    assert "ada at example" not in str(refused.value)
    assert [fault["loc"] for fault in refused.value.errors()] == [("email",)]
