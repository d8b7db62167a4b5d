"""A relationship as the log has it, with its course, and the programme that it belongs to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psycopg

from domain import program, survey
from domain.aggregate import Step
from domain.due import nothing
from domain.event import DomainEvent
from domain.guards import if_unchanged, same_archive
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.mentorship import MENTORSHIP, Mentorship, Reopened, relationship
from domain.program import PROGRAM, Program
from domain.program_settings import Settings, StaffRole, Stage
from domain.relationship import Relationship
from domain.store import Store
from domain.surveying import Course, course_of
from projections.history_entries import TOLD

WITHIN: Final = frozenset(kind.event_name for kind in TOLD.keys() - {survey.Asked, survey.Lapsed})
"""What happens within relationships, but for what timers make of surveys: it settles nothing."""
LATELY: Final = 500
CONCERNED: Final = """
SELECT EXISTS (SELECT FROM history_streams
                WHERE mentorship_id = %(mentorship)s AND stream_id = ANY (%(streams)s))
"""


@dataclass(frozen=True, slots=True)
class Related:
    """`lived` is all that happened in it, with the moment at which it was recorded."""

    held: Mentorship
    within: Relationship
    program: Program
    lived: Sequence[tuple[datetime, DomainEvent]]

    @property
    def course(self) -> Course:
        return course_of(self.lived)

    def acted(self) -> Iterator[datetime]:
        """When one of its members did something in it, or it was taken up again."""
        members = self.held.members
        return (at for at, told in self.lived if isinstance(told, Reopened) or _by(told) in members)

    def has_staff(self, who: ParticipantId, role: StaffRole) -> bool:
        return (who, role) in self.program.staff

    def guards(self) -> tuple[Step, ...]:
        """That all this still is so."""
        return (unchanged_mentorship(self.within.mentorship, self.held), *same_program(self.within))


def _by(event: DomainEvent) -> ParticipantId | None:
    who: ParticipantId | None = getattr(event, "by", None)
    return who


def related(store: Store, id_: MentorshipId) -> Related:
    lived = [(told.recorded_at, told.event) for told in store.history(id_)]
    held = MENTORSHIP.initial
    for _, event in lived:
        held = MENTORSHIP.evolve(held, event)
    program_id = held.began.program if held.began else None
    state = read_program(store, program_id) if program_id else Program()
    settings = program.settings_at(state, held.settings_version) if program_id else Settings()
    within = relationship(held, id_, settings, archived=state.stage is Stage.ARCHIVED)
    return Related(held, within, state, lived)


def read_program(store: Store, id_: ProgramId) -> Program:
    return store.load(PROGRAM.stream(id_)).state


def unchanged_mentorship(id_: MentorshipId, held: Mentorship) -> Step:
    given = {"held": held, "decision": nothing, "wish": {}}
    return Step(MENTORSHIP.stream(id_), if_unchanged, given, guard=True)


def same_program(within: Relationship) -> tuple[Step, ...]:
    if within.program is None:
        return ()
    same = {"archived": within.archived}
    return (Step(PROGRAM.stream(within.program), same_archive, same, guard=True),)


def is_stale(store: Store, shown: int) -> bool:
    """Whether so much has happened after this position that every relationship may be heard of."""
    return len(store.page(shown, LATELY, WITHIN, sealed=True)) == LATELY


def is_heard_of(store: Store, connection: psycopg.Connection, id_: MentorshipId, shown: int) -> bool:
    """Whether something has happened in it after this position, or may have: so much has that the next round
    tells.
    """
    lately = store.page(shown, LATELY, WITHIN)
    if len(lately) == LATELY or any(getattr(told.event, "mentorship", None) == id_ for told in lately):
        return True
    streams = [told.stream_id for told in lately]
    row = (
        connection.execute(CONCERNED, {"mentorship": id_, "streams": streams}).fetchone() if lately else None
    )
    return row is not None and row[0]
