"""A mentorship begins once, with its members and the terms of its day."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import mentorship
from domain.ids import ProposalId
from domain.mentorship import MENTORSHIP, Began
from domain.program_settings import Side
from domain.relationship import Member
from tests.people import ADA, LIN, NOOR, ONBOARDING
from tests.programs import PAIR
from tests.scenario import given

MENTOR, MENTEE = (
    Member(participant=ADA.id, role=Side.MENTOR),
    Member(participant=NOOR.id, role=Side.MENTEE),
)


def began(*members: Member) -> Began:
    fields: dict[str, Any] = {"planned_end": date(2030, 8, 14), "proposal": ProposalId(UUID(int=1))}
    return Began(program=ONBOARDING, settings_version=1, type=PAIR, members=members, **fields)


def test_it_begins_once() -> None:
    first = began(MENTOR, MENTEE)
    given(MENTORSHIP).when(mentorship.begin, began=first).then(first)
    given(MENTORSHIP, first).when(mentorship.begin, began=first).then_nothing()
    other = began(MENTOR, Member(participant=LIN.id, role=Side.MENTEE))
    given(MENTORSHIP, first).when(mentorship.begin, began=other).then_refused(mentorship.MentorshipExists)
    assert given(MENTORSHIP, first).state.began == first


def test_nobody_is_in_one_alone() -> None:
    with pytest.raises(ValidationError, match="at least 2 items"):
        began(MENTOR)
