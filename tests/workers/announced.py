"""A programme in which things are announced, and who has been told of them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.enrollment import Applied, Approved
from domain.ids import NotificationId, ParticipantId, enrollment_id, notification_id
from domain.notification import NOTIFICATION
from domain.occasions import Occasion
from domain.program import AnnouncementMade
from domain.program_settings import Side
from domain.store import Database, RecordedEvent, Store
from projections.projection import connect
from tests.people import ADA, KIM, LIN, NOOR, ONBOARDING
from tests.programs import OPENED
from tests.projections.given import happened, shown
from workers.announcing import Announcing

NEWS: Final = UUID(int=0xC1)
IN_IT: Final = {ADA: Side.MENTOR, NOOR: Side.MENTEE, LIN: Side.MENTEE}


def notice(to: ParticipantId, about: UUID = NEWS) -> NotificationId:
    return notification_id(about, Occasion.ANNOUNCEMENT, to)


@dataclass(frozen=True)
class Board:
    database: Database
    store: Store

    def people_are_in(self) -> None:
        """Ada mentors, Noor and Lin learn; Kim has only applied."""
        happened(self.store, ONBOARDING, *OPENED)
        for who in (*IN_IT, KIM):
            happened(self.store, who.id, who.registered)
            self.applied(who.id, IN_IT.get(who, Side.MENTEE))
        for who in IN_IT:
            happened(self.store, enrollment_id(ONBOARDING, who.id), Approved())

    def applied(self, who: ParticipantId, side: Side) -> None:
        applied = Applied(program=ONBOARDING, participant=who, role=side)
        happened(self.store, enrollment_id(ONBOARDING, who), applied)

    def announce(self, about: UUID = NEWS, side: Side | None = None) -> None:
        made = AnnouncementMade(announcement=about, title="News", text="It begins, {{ name }}.", side=side)
        happened(self.store, ONBOARDING, made)

    def move_on(self) -> None:
        shown(self.database, self.store, "enrollments")
        with connect(self.database) as connection:
            follower = Announcing(connection, self.store)
            while follower.advance():
                pass

    def became(self, to: ParticipantId, about: UUID = NEWS) -> list[RecordedEvent]:
        return list(self.store.history(notice(to, about)))

    def told(self, about: UUID = NEWS) -> set[ParticipantId]:
        everybody = (*IN_IT, KIM)
        streams = self.store.load_all([NOTIFICATION.stream(notice(who.id, about)) for who in everybody])
        return {who.id for who in everybody if streams[notice(who.id, about)].state.sent}
