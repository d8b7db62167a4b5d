"""What a command about an enrollment relies on elsewhere: steps that decide nothing, and refuse a change."""

from domain import participant, program
from domain.event import DomainEvent
from domain.profile import PersonFacts
from domain.program_settings import ProgramTerms
from domain.refusal import Refusal


class StillChanging(Refusal):
    """The programme or the profile is being changed just now. Try again."""


def same_terms(state: program.Program, *, terms: ProgramTerms) -> list[DomainEvent]:
    if program.terms(state, terms.program) != terms:
        raise StillChanging
    return []


def same_facts(state: participant.Participant, *, facts: PersonFacts) -> list[DomainEvent]:
    if participant.facts(state, facts.participant) != facts:
        raise StillChanging
    return []
