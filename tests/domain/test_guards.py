"""What a command relies on elsewhere: it is still so, or the command is told anew."""

from dataclasses import replace

import pytest

from domain.guards import StillChanging, same_archive, same_relationship
from domain.mentorship import Mentorship
from domain.program import Program
from domain.program_settings import Side, Stage
from domain.relationship import Status
from tests.people import ADA, NOOR

HELD = Mentorship(status=Status.RUNNING, members={ADA.id: Side.MENTOR, NOOR.id: Side.MENTEE})


def test_what_happens_within_a_relationship_relies_on_its_terms() -> None:
    assert same_relationship(HELD, held=HELD) == []
    assert same_relationship(replace(HELD, milestones=frozenset({"goals"})), held=HELD) == []


@pytest.mark.parametrize(
    "changed",
    [
        replace(HELD, status=Status.CONCLUDED),
        replace(HELD, members={ADA.id: Side.MENTOR}),
        replace(HELD, settings_version=2),
        replace(HELD, signed={ADA.id: 1}),
    ],
)
def test_it_is_told_anew_where_these_have_changed(changed: Mentorship) -> None:
    with pytest.raises(StillChanging):
        same_relationship(changed, held=HELD)


def test_nothing_is_added_to_what_has_been_archived_meanwhile() -> None:
    open_, archived = Program(stage=Stage.OPEN), Program(stage=Stage.ARCHIVED)
    assert same_archive(open_, archived=False) == same_archive(archived, archived=True) == []
    with pytest.raises(StillChanging):
        same_archive(archived, archived=False)
