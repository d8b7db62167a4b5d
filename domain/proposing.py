"""What making, answering and ending a proposal takes of all streams it concerns: one append, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from domain import mentorship, places, proposal
from domain.aggregate import Decision, Step
from domain.enrollment import ENROLLMENT, TAKING_PART, Enrollment
from domain.guards import if_unchanged, same_facts, same_hours, same_person, same_terms
from domain.ids import EnrollmentId, ParticipantId, ProposalId, enrollment_id, mentorship_id
from domain.mentorship import MENTORSHIP, Began
from domain.participant import PARTICIPANT, Participant, facts
from domain.places import MenteeIsFull, MentorHasNoHours, MentorIsFull
from domain.program import PROGRAM
from domain.program_settings import ProgramTerms, RelationshipType, Side
from domain.proposal import PROPOSAL, Accepted, Declined, Made, Proposal, RelationshipIsUnknown, Status
from domain.refusal import Refusal
from domain.relationship import Member

NOTHING: Final[Mapping[EnrollmentId, int]] = {}


@dataclass(frozen=True, slots=True)
class Parties:
    """What was read, and must still be so when it is recorded: the terms, and the members as they are.

    `elsewhere` has the hours a month that each member gives in other programmes, by enrollment, including
    those that do not exist yet: a place reserved there meanwhile is seen.
    """

    program: ProgramTerms
    persons: Mapping[ParticipantId, Participant]
    elsewhere: Mapping[ParticipantId, Mapping[EnrollmentId, int]]

    def place(self, who: ParticipantId) -> dict[str, Any]:
        """What a place is decided by."""
        return {
            "program": self.program,
            "person": facts(self.persons[who], who),
            "hours_elsewhere": sum(self.elsewhere.get(who, NOTHING).values()),
        }

    def guards(self, who: ParticipantId) -> tuple[Step, ...]:
        """The person, and what they give elsewhere, are still so."""
        person = {"facts": facts(self.persons[who], who)}
        return (
            Step(PARTICIPANT.stream(who), same_facts, person, guard=True),
            *(
                Step(ENROLLMENT.stream(other), same_hours, {"hours": hours}, guard=True)
                for other, hours in self.elsewhere.get(who, NOTHING).items()
            ),
        )

    @property
    def terms(self) -> Step:
        program = self.program.program
        return Step(PROGRAM.stream(program), same_terms, {"terms": self.program}, guard=True)

    def enrollment(self, who: ParticipantId, decision: Decision, wish: Mapping[str, Any]) -> Step:
        return Step(ENROLLMENT.stream(enrollment_id(self.program.program, who)), decision, wish)


def making(id_: ProposalId, made: Made, parties: Parties) -> tuple[Step, ...]:
    """Of all that are named, each takes part on their side and could take the relationship on."""
    steps = [Step(PROPOSAL.stream(id_), proposal.make, {"program": parties.program, "made": made})]
    for side, people in ((Side.MENTOR, made.mentors), (Side.MENTEE, made.mentees)):
        for who in people:
            wish = {"side": side, "proposal": id_, "asks": who == made.author, **parties.place(who)}
            steps.append(parties.enrollment(who, places.could_take, wish))
            held = {"held": parties.persons[who]}
            steps.append(Step(PARTICIPANT.stream(who), same_person, held, guard=True))
    return (*steps, parties.terms)


def accepting(
    id_: ProposalId, held: Proposal, parties: Parties, *, by: ParticipantId, today: date
) -> tuple[Step, ...]:
    """The last needed acceptance reserves everybody's place and begins the mentorship."""
    wish = {"by": by, "program": parties.program, "mentorship": mentorship_id(id_)}
    answer = Answer(held, proposal.evolve(held, Accepted(by=by)), proposal.accept, wish)
    return _answering(id_, answer, parties, today)


def declining(
    id_: ProposalId,
    held: Proposal,
    parties: Parties,
    *,
    by: ParticipantId,
    today: date,
    reason: str | None = None,
    for_good: bool = False,
    completing: bool = True,
) -> tuple[Step, ...]:
    """In a group, what the others waited for may have been this answer alone.

    Where one of them cannot begin, that is refused; without `completing` it is only declined.
    """
    wish = {"by": by, "reason": reason, "for_good": for_good, "mentorship": mentorship_id(id_)}
    answer = Answer(
        held,
        proposal.evolve(held, Declined(by=by)),
        proposal.decline,
        {**wish, "completing": completing},
        begins=completing,
    )
    return _answering(id_, answer, parties, today)


def ending(
    id_: ProposalId, held: Proposal, program: ProgramTerms, decision: Decision, **wish: Any
) -> tuple[Step, ...]:
    """Withdrawn, expired or superseded: whoever asked may ask somebody else, and not before."""
    first = Step(PROPOSAL.stream(id_), decision, wish)
    return (first, *_closing(id_, held, program)) if decision(held, **wish) else (first,)


def hopeless(held: Proposal, parties: Parties, parts: Mapping[ParticipantId, Enrollment]) -> Decision | None:
    """How a proposal ends that nothing can come of any more; None: something can.

    Where somebody takes part no longer it is withdrawn, where somebody's last place is gone it is superseded:
    unless they have not answered yet, and the others are enough without them. A pause passes.
    """
    if held.status is not Status.WAITING:
        return None
    sides = {**dict.fromkeys(held.mentors, Side.MENTOR), **dict.fromkeys(held.mentees, Side.MENTEE)}
    if parties.program.over or any(not _is_in(parts[who], side) for who, side in sides.items()):
        return proposal.withdraw
    full = {who for who in sides if _is_full(parts[who], parties.place(who))}
    without = replace(held, declined=held.declined | full)
    return proposal.supersede if full & held.accepted or not without.enough else None


def _is_in(part: Enrollment, side: Side) -> bool:
    return part.role is side and part.status in TAKING_PART


def _is_full(part: Enrollment, place: Mapping[str, Any]) -> bool:
    try:
        places.refuse_without_place(part, **place)
    except (MentorIsFull, MenteeIsFull, MentorHasNoHours):
        return True
    except Refusal:
        return False
    return False


@dataclass(frozen=True, slots=True)
class Answer:
    """The proposal before it and after it, and the decision that gives it; `begins` what is agreed then."""

    held: Proposal
    after: Proposal
    decision: Decision
    wish: Mapping[str, Any]
    begins: bool = True


def _answering(id_: ProposalId, answer: Answer, parties: Parties, today: date) -> tuple[Step, ...]:
    """What follows was told from the proposal as `held`: another answer in between, and it is told anew."""
    given = {"held": answer.held, "decision": answer.decision, "wish": answer.wish}
    first = Step(PROPOSAL.stream(id_), if_unchanged, given)
    if answer.begins and answer.held.status is Status.WAITING and answer.after.agreed:
        return (first, *_beginning(id_, answer.after, parties, today), parties.terms)
    if answer.after.status is not Status.WAITING:
        return (first, *_closing(id_, answer.held, parties.program))
    return (first, parties.terms)


def _beginning(id_: ProposalId, agreed: Proposal, parties: Parties, today: date) -> list[Step]:
    steps = []
    for who in agreed.members:
        side = Side.MENTOR if who in agreed.mentors else Side.MENTEE
        place = {"proposal": id_, "side": side, **parties.place(who)}
        steps += [parties.enrollment(who, places.reserve_place, place), *parties.guards(who)]
    began = _began(id_, agreed, parties.program, today)
    return [*steps, Step(MENTORSHIP.stream(mentorship_id(id_)), mentorship.begin, {"began": began})]


def _began(id_: ProposalId, agreed: Proposal, program: ProgramTerms, today: date) -> Began:
    kind = _kind(agreed, program)
    sides = ((Side.MENTOR, agreed.mentors), (Side.MENTEE, agreed.mentees))
    return Began(
        program=program.program,
        settings_version=program.settings_version,
        type=kind,
        members=tuple(Member(participant=who, role=side) for side, people in sides for who in people),
        planned_end=today + timedelta(days=kind.duration_days),
        proposal=id_,
    )


def _kind(agreed: Proposal, program: ProgramTerms) -> RelationshipType:
    for kind in program.types:
        if agreed.made and kind.id == agreed.made.relationship:
            return kind
    raise RelationshipIsUnknown


def _closing(id_: ProposalId, held: Proposal, program: ProgramTerms) -> tuple[Step, ...]:
    """The request of who made it for themself waits no longer."""
    if held.made is None or held.made.author is None:
        return ()
    own = ENROLLMENT.stream(enrollment_id(program.program, held.made.author))
    return (Step(own, places.close_request, {"proposal": id_}),)
