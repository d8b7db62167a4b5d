"""Distinct id types. Every id is a UUID that says nothing about a person."""

from typing import NewType
from uuid import UUID, uuid5

ParticipantId = NewType("ParticipantId", UUID)
ProgramId = NewType("ProgramId", UUID)
EnrollmentId = NewType("EnrollmentId", UUID)
ProposalId = NewType("ProposalId", UUID)
ImportId = NewType("ImportId", UUID)


def enrollment_id(program: ProgramId, participant: ParticipantId) -> EnrollmentId:
    """One enrollment a programme and person: the id itself makes a second one impossible."""
    return EnrollmentId(uuid5(program, participant.hex))
