"""What a reminder rests on is read from the log itself, whatever the read models still show."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain import program
from domain.enrollment import Invited
from domain.ids import survey_id
from domain.matching_settings import Mode
from domain.mentorship import MilestoneReached, Paused
from domain.occasions import Occasion
from domain.program_settings import Side
from domain.store import Database, Store
from projections.due import Found
from tests.people import ADA, NOOR, OLA, ONBOARDING, SAM
from tests.projections.given import happened
from tests.projections.left_undone import US, day
from tests.workers.neglected import Neglected
from tests.workers.test_reminders import asks
from workers import surveying
from workers.grounds import grounds


@pytest.fixture
def we(organisation: Database, store: Store) -> Neglected:
    return Neglected(organisation, store)


def seems(occasion: Occasion, about: UUID, since: float, **more: Any) -> Found:
    """What the read models may say of Ada, whatever is so."""
    fields = {"to_id": ADA.id, "mentorship_id": None, "undone_by": None, "sent_at": None, **more}
    return Found(
        occasion, about, "x", program_id=ONBOARDING, settings_version=1, since=day(since), sent=0,
        due_at=day(since), **fields,
    )  # fmt: skip


def test_what_waits_in_an_archived_programme_is_let_be(we: Neglected) -> None:
    """Also where the read model does not show it yet."""
    we.begins()
    id_ = asks(we, Mode.SELF_DIRECTED, 30)
    invited = Invited(program=ONBOARDING, participant=SAM.id, role=Side.MENTOR)
    happened(we.store, SAM.in_program(ONBOARDING), invited, at=day(0))
    we.shown()
    happened(we.store, ONBOARDING, program.Closed(), program.WoundDown(), program.Archived(), at=day(3))
    for occasion, about in ((Occasion.WISH, id_), (Occasion.INVITATION, SAM.in_program(ONBOARDING))):
        assert grounds(we.store, seems(occasion, about, 0), day(5)) is None


def test_what_is_settled_has_no_grounds(we: Neglected) -> None:
    """However the read models have it."""
    we.begins()
    for occasion in (Occasion.WISH, Occasion.INVITATION, Occasion.SURVEY):
        found = Found(
            occasion, UUID(int=0xABC), "x", ADA.id, None, ONBOARDING, 1, day(0), 0, None, day(2), None
        )
        assert grounds(we.store, found, day(5)) is None
    silence = Found(Occasion.SILENCE, US, "x", ADA.id, US, ONBOARDING, 1, day(0), 0, None, day(90), None)
    assert grounds(we.store, silence, day(95)) is not None
    we.lives(50, MilestoneReached(milestone="plan", by=NOOR.id))
    assert grounds(we.store, silence, day(95)) is None
    stranger = replace(silence, to_id=OLA.id)
    assert grounds(we.store, stranger, day(95)) is None


def test_a_survey_in_a_pause_or_an_archive_has_no_grounds(we: Neglected) -> None:
    we.begins()
    we.on(30).works(surveying.NAME)
    asked = survey_id(US, "first", ADA.id)
    found = Found(
        Occasion.SURVEY, asked, "survey", ADA.id, US, ONBOARDING, 1, day(30), 0, None, day(32), None
    )
    assert grounds(we.store, found, day(33)) is not None
    we.lives(33, Paused(until=date(2030, 6, 1)))
    assert grounds(we.store, found, day(34)) is None
