"""A proposal: who makes it, who answers, who asks first, and how it ends, once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import admission, proposal
from domain.event import ERASED, DomainEvent
from domain.ids import MentorshipId
from domain.matching_settings import MatchingSettings, Mode
from domain.program_settings import Kind, RelationshipType, Size
from domain.proposal import (
    PROPOSAL,
    Accepted,
    Confirmed,
    Declined,
    Expired,
    InformationGiven,
    InformationRequested,
    Made,
    Status,
    Superseded,
    Viewed,
    Withdrawn,
)
from tests.people import ADA, KIM, LIN, NOOR, ONBOARDING, SAM
from tests.programs import PAIR, onboarding
from tests.scenario import Given, given

NOW = datetime(2030, 5, 2, 9, tzinfo=UTC)
CIRCLE = RelationshipType(
    id="circle", kind=Kind.CIRCLE, name="Circle", mentors=Size(most=2), mentees=Size(least=2, most=4)
)
LOOSE = RelationshipType(
    id="loose", kind=Kind.PEER, name="Loose", mentors=Size(least=0), mentees=Size(least=0, most=2)
)
OPEN = onboarding(types=(PAIR, CIRCLE, LOOSE))
MENTORSHIP = MentorshipId(UUID(int=0xE))
CONFIRMED = Confirmed(mentorship=MENTORSHIP)


def made(**more: Any) -> Made:
    fields = {
        "program": ONBOARDING,
        "settings_version": 1,
        "relationship": "pair",
        "mentors": (ADA.id,),
        "mentees": (NOOR.id,),
        "mode": Mode.SELF_DIRECTED,
        "expires_at": NOW + timedelta(days=3),
        **more,
    }
    return Made.model_validate(fields)


WISH = made(author=NOOR.id, words="Could you show me the ropes?", rank=1)
PROPOSED = made(mode=Mode.FACILITATOR)
AROUND = made(
    relationship="circle",
    mentees=(NOOR.id, LIN.id, SAM.id),
    least_mentees=2,
    mode=Mode.ADMINISTRATOR,
)
ASKED = InformationRequested(by=ADA.id, question="Which evenings?")
TOLD = InformationGiven(by=NOOR.id, answer="Tuesdays")


def wished(*since: DomainEvent) -> Given[proposal.Proposal]:
    return given(PROPOSAL, WISH, Accepted(by=NOOR.id), *since)


def proposed(*since: DomainEvent) -> Given[proposal.Proposal]:
    return given(PROPOSAL, PROPOSED, *since)


def circle(*since: DomainEvent) -> Given[proposal.Proposal]:
    return given(PROPOSAL, AROUND, *since)


def accept(who: Any) -> dict[str, Any]:
    return {"by": who.id, "program": OPEN, "mentorship": MENTORSHIP}


def decline(who: Any, **more: Any) -> dict[str, Any]:
    return {"by": who.id, "mentorship": MENTORSHIP, **more}


def test_who_asks_for_themself_has_accepted() -> None:
    given(PROPOSAL).when(proposal.make, program=OPEN, made=WISH).then(WISH, Accepted(by=NOOR.id))
    given(PROPOSAL).when(proposal.make, program=OPEN, made=PROPOSED).then(PROPOSED)
    given(PROPOSAL).when(proposal.make, program=OPEN, made=AROUND).then(AROUND)


def test_an_id_is_of_one_proposal() -> None:
    wished().when(proposal.make, program=OPEN, made=WISH).then_nothing()
    wished().when(proposal.make, program=OPEN, made=PROPOSED).then_refused(proposal.ProposalExists)


@pytest.mark.parametrize(
    ("wrong", "refusal", "details"),
    [
        (made(author=LIN.id), proposal.NotInThisProposal, {}),
        (made(mentees=(ADA.id,)), admission.NobodyMentorsThemself, {}),
        (made(relationship="flash"), proposal.RelationshipIsUnknown, {}),
        (made(mentors=(ADA.id, KIM.id)), proposal.SizesDoNotFit, {"least_mentees": 1, "most_mentees": 1}),
        (
            made(relationship="circle", least_mentees=2),
            proposal.SizesDoNotFit,
            {"least_mentees": 2, "most_mentors": 2, "most_mentees": 4},
        ),
        (
            made(relationship="circle", mentees=(NOOR.id, LIN.id), least_mentors=2),
            proposal.SizesDoNotFit,
            {"least_mentees": 2, "most_mentors": 2, "most_mentees": 4},
        ),
        (
            made(relationship="loose", mentors=(), least_mentors=0),
            proposal.SizesDoNotFit,
            {"least_mentors": 0, "least_mentees": 0, "most_mentees": 2},
        ),
    ],
)
def test_what_no_relationship_could_come_of_is_not_proposed(
    wrong: Made, refusal: Any, details: dict[str, Any]
) -> None:
    sizes = {"least_mentors": 1, "most_mentors": 1}
    told = {**sizes, **details} if details else {}
    given(PROPOSAL).when(proposal.make, program=OPEN, made=wrong).then_refused(refusal, **told)


def test_nobody_is_named_twice_on_a_side() -> None:
    with pytest.raises(ValidationError, match="each person can be listed once"):
        made(mentors=(ADA.id, ADA.id))


def test_each_programme_offers_its_own_ways() -> None:
    run_only = onboarding(matching=MatchingSettings(modes=(Mode.ADMINISTRATOR,)))
    making = given(PROPOSAL).when(proposal.make, program=run_only, made=WISH)
    making.then_refused(admission.ModeIsNotOffered)


def test_nothing_begins_in_what_is_over() -> None:
    over, archived = onboarding(open=False, over=True), onboarding(open=False, over=True, archived=True)
    wish = {**accept(ADA), "program": over}
    given(PROPOSAL).when(proposal.make, program=over, made=WISH).then_refused(admission.ProgramIsWoundDown)
    given(PROPOSAL).when(proposal.make, program=archived, made=WISH).then_refused(admission.ProgramIsArchived)
    wished().when(proposal.accept, **wish).then_refused(admission.ProgramIsWoundDown)


def test_a_proposal_is_viewed_once_by_whom_it_is_about() -> None:
    wished().when(proposal.view, by=ADA.id).then(Viewed(by=ADA.id))
    wished(Viewed(by=ADA.id), Expired()).when(proposal.view, by=NOOR.id).then(Viewed(by=NOOR.id))
    wished().when(proposal.view, by=LIN.id).then_refused(proposal.NotInThisProposal)
    given(PROPOSAL).when(proposal.view, by=ADA.id).then_refused(proposal.ProposalIsUnknown)


def test_members_ask_and_are_answered() -> None:
    wished().when(proposal.request_information, by=ADA.id, question="Which evenings?").then(ASKED)
    wished(ASKED).when(proposal.give_information, by=NOOR.id, answer="Tuesdays").then(TOLD)
    assert wished(ASKED, TOLD).state.answer == (NOOR.id, "Tuesdays")


def test_a_new_question_waits_for_its_own_answer() -> None:
    again = InformationRequested(by=ADA.id, question="And which not?")
    asked_again = wished(ASKED, TOLD, again)
    assert asked_again.state.answer is None
    asked_again.when(proposal.give_information, by=NOOR.id, answer="Tuesdays").then(TOLD)


def test_nobody_answers_themself_or_what_was_never_asked() -> None:
    wished().when(proposal.give_information, by=NOOR.id, answer="So.").then_refused(proposal.NothingWasAsked)
    wished(ASKED).when(proposal.give_information, by=ADA.id, answer="So.").then_refused(
        proposal.NothingWasAsked
    )
    wished(ASKED).when(proposal.give_information, by=LIN.id, answer="So.").then_refused(
        proposal.NotInThisProposal
    )


def test_the_last_acceptance_confirms() -> None:
    wished().when(proposal.accept, **accept(ADA)).then(Accepted(by=ADA.id), CONFIRMED)
    proposed().when(proposal.accept, **accept(ADA)).then(Accepted(by=ADA.id))
    proposed(Accepted(by=ADA.id)).when(proposal.accept, **accept(NOOR)).then(Accepted(by=NOOR.id), CONFIRMED)
    proposed(Accepted(by=ADA.id)).when(proposal.accept, **accept(ADA)).then_nothing()
    wished(Accepted(by=ADA.id), CONFIRMED).when(proposal.accept, **accept(ADA)).then_nothing()
    wished().when(proposal.accept, **accept(LIN)).then_refused(proposal.NotInThisProposal)
    given(PROPOSAL).when(proposal.accept, **accept(ADA)).then_refused(proposal.ProposalIsUnknown)


def test_a_decline_ends_a_pair() -> None:
    for_good = Declined(by=ADA.id, reason="No time.", for_good=True)
    wish = decline(ADA, reason="No time.", for_good=True)
    wished().when(proposal.decline, **wish).then(for_good)
    assert wished(for_good).state.status is Status.DECLINED
    wished(for_good).when(proposal.accept, **accept(ADA)).then_refused(
        proposal.ProposalHasEnded, status=Status.DECLINED
    )


def test_what_is_agreed_is_not_declined() -> None:
    wished().when(proposal.decline, **decline(NOOR)).then_refused(proposal.AlreadyAccepted)
    wished(Accepted(by=ADA.id), CONFIRMED).when(proposal.decline, **decline(ADA)).then_refused(
        proposal.ProposalHasEnded, status=Status.CONFIRMED
    )


def test_a_circle_goes_on_without_who_declined_as_long_as_it_is_enough() -> None:
    without = circle(Declined(by=SAM.id))
    circle().when(proposal.decline, **decline(SAM)).then(Declined(by=SAM.id))
    assert without.state.members == (ADA.id, NOOR.id, LIN.id)
    without.when(proposal.accept, **accept(SAM)).then_refused(
        proposal.ProposalHasEnded, status=Status.DECLINED
    )
    without.when(proposal.request_information, by=SAM.id, question="Why?").then_refused(
        proposal.ProposalHasEnded, status=Status.DECLINED
    )
    without.when(proposal.decline, **decline(LIN)).then(Declined(by=LIN.id))
    assert circle(Declined(by=SAM.id), Declined(by=LIN.id)).state.status is Status.DECLINED
    assert circle(Declined(by=ADA.id)).state.status is Status.DECLINED


def test_a_circle_may_have_waited_for_one_decline() -> None:
    all_but_sam = circle(*(Accepted(by=who.id) for who in (ADA, NOOR, LIN)))
    all_but_sam.when(proposal.decline, **decline(SAM)).then(Declined(by=SAM.id), CONFIRMED)
    all_but_sam.when(proposal.decline, **decline(SAM), completing=False).then(Declined(by=SAM.id))


def test_nobody_is_left_alone() -> None:
    peers = made(relationship="loose", mentors=(), mentees=(NOOR.id, LIN.id), least_mentors=0, author=NOOR.id)
    given(PROPOSAL).when(proposal.make, program=OPEN, made=peers).then(peers, Accepted(by=NOOR.id))
    history = given(PROPOSAL, peers, Accepted(by=NOOR.id))
    history.when(proposal.decline, **decline(LIN)).then(Declined(by=LIN.id))
    history.when(proposal.accept, **accept(LIN)).then(Accepted(by=LIN.id), CONFIRMED)


def test_it_expires_when_its_time_has_come_and_not_before() -> None:
    late = NOW + timedelta(days=3)
    wished().when(proposal.expire, now=late - timedelta(microseconds=1)).then_nothing()
    wished().when(proposal.expire, now=late).then(Expired())
    wished(Declined(by=ADA.id)).when(proposal.expire, now=late).then_nothing()
    given(PROPOSAL).when(proposal.expire, now=late).then_nothing()


def test_it_is_withdrawn_or_superseded_while_it_waits() -> None:
    wished().when(proposal.withdraw).then(Withdrawn())
    wished().when(proposal.supersede).then(Superseded())
    wished(Expired()).when(proposal.supersede).then_nothing()
    wished(Expired()).when(proposal.withdraw).then_refused(proposal.ProposalHasEnded, status=Status.EXPIRED)
    given(PROPOSAL).when(proposal.withdraw).then_refused(proposal.ProposalIsUnknown)


ENDINGS: tuple[tuple[DomainEvent, Status], ...] = (
    (Declined(by=ADA.id), Status.DECLINED),
    (Withdrawn(), Status.WITHDRAWN),
    (Expired(), Status.EXPIRED),
    (Superseded(), Status.SUPERSEDED),
)


@pytest.mark.parametrize(("ending", "status"), ENDINGS)
def test_what_has_ended_is_not_asked_about_or_answered(ending: DomainEvent, status: Status) -> None:
    ended = wished(ASKED, ending)
    for decision, wish in (
        (proposal.request_information, {"by": ADA.id, "question": "Why?"}),
        (proposal.give_information, {"by": NOOR.id, "answer": "So."}),
        (proposal.accept, accept(ADA)),
    ):
        ended.when(decision, **wish).then_refused(proposal.ProposalHasEnded, status=status)


def test_an_erased_history_still_folds() -> None:
    history = given(
        PROPOSAL,
        WISH.model_copy(update={"words": ERASED}),
        Accepted(by=NOOR.id),
        ASKED.model_copy(update={"question": ERASED}),
        TOLD.model_copy(update={"answer": ERASED}),
        Declined(by=ADA.id, reason=ERASED),
    )
    assert history.state.status is Status.DECLINED
    assert (history.state.question, history.state.answer) == ((ADA.id, ERASED), (NOOR.id, ERASED))
