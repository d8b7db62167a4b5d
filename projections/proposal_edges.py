"""How proposals and mentorships hang on people and programmes: who sees them there, and in which order."""

from collections.abc import Mapping
from typing import Final

from domain.permissions import Action
from projections.shape import Connection, Filter, Guard, Key, Order
from projections.staffing import staff_of


def member_of(proposal: str) -> str:
    """The viewer is proposed there, or has declined it."""
    return (
        f"EXISTS (SELECT FROM proposal_members v WHERE v.proposal_id = {proposal}"
        " AND v.participant_id = {viewer})"
    )


def unblinded(proposal: str) -> str:
    """Its staff may know whom it is about: the programme is not reviewed blindly, or it has ended."""
    return (
        "NOT EXISTS (SELECT FROM proposals b JOIN programs g ON g.program_id = b.program_id"
        f" WHERE b.proposal_id = {proposal} AND b.state = 'waiting' AND (g.matching ->> 'blind')::boolean)"
    )


def named(row: str) -> Guard:
    """Whoever may know whom the proposal of this row, which has its programme too, is about."""
    proposal, program = f"{row}.proposal_id", f"{row}.program_id"
    return Guard(
        Action.SEE_PROPOSALS,
        own=member_of(proposal),
        staffed=f"({staff_of(program)} AND {unblinded(proposal)})",
    )


NEWEST_PROPOSAL: Final = {"": Order((Key("{t}.made_position", "bigint"),), descending=True)}
NEWEST_MENTORSHIP: Final = {"": Order((Key("{t}.began_position", "bigint"),), descending=True)}
STATES_AND_MODES: Final[Mapping[str, Filter]] = {
    "states": Filter("{t}.state = ANY ({v})", "text[]"),
    "modes": Filter("{t}.mode = ANY ({v})", "text[]"),
}
STATES_AND_KINDS: Final[Mapping[str, Filter]] = {
    "states": STATES_AND_MODES["states"],
    "kinds": Filter("{t}.kind = ANY ({v})", "text[]"),
}

PROPOSALS_OF_PERSON: Final = (
    "{t}.proposal_id IN (SELECT m.proposal_id FROM proposal_members m"
    " WHERE m.participant_id = {p}.participant_id)"
)
MENTORSHIPS_OF_PERSON: Final = (
    "{t}.mentorship_id IN (SELECT m.mentorship_id FROM mentorship_members m"
    " WHERE m.participant_id = {p}.participant_id)"
)
IN_PROGRAM: Final = "{t}.program_id = {p}.program_id"


def proposals_of_person(also: str = "") -> Connection:
    """Where staff may not know whom a proposal is about, it hangs on nobody."""
    return Connection("Proposal", PROPOSALS_OF_PERSON + also, NEWEST_PROPOSAL, STATES_AND_MODES, named("{t}"))


PROPOSALS_OF_PROGRAM: Final = Connection("Proposal", IN_PROGRAM, NEWEST_PROPOSAL, STATES_AND_MODES)
MENTORSHIPS: Final = Connection("Mentorship", MENTORSHIPS_OF_PERSON, NEWEST_MENTORSHIP, STATES_AND_KINDS)
MENTORSHIPS_OF_PROGRAM: Final = Connection("Mentorship", IN_PROGRAM, NEWEST_MENTORSHIP, STATES_AND_KINDS)
