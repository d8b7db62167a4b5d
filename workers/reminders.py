"""Reminds people of what is due and undone, warns of silence, and ends what stays silent.

Each thing, person and rung is told once, however many workers run; of the rungs that an outage left out only
the highest is. Each decision reads everything as it is now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Final
from uuid import uuid5

import psycopg

from domain import course, notification
from domain.aggregate import Step
from domain.command import Command
from domain.due import Thing, age, escalated, escalates, ladder, lapses, reminder_id, rung
from domain.guards import if_unchanged
from domain.ids import NotificationId, notification_id
from domain.mentorship import Outcome
from domain.notification import NOTIFICATION, Sent
from domain.occasions import Occasion
from domain.parting import ending
from domain.program_settings import StaffRole
from domain.relationship import Status
from domain.store import Store
from projections import due
from projections.due import Found, Silent
from workers.clock import utc_now
from workers.grounds import Grounds, grounds
from workers.related import Related, is_heard_of, is_stale, related
from workers.rounds import AT_MOST, Rounds
from workers.tasks import Task, persist

NAME: Final = "reminding"


Told = tuple[NotificationId, Sent]


def rounds(connection: psycopg.Connection, store: Store, now: Callable[[], datetime] = utc_now) -> Rounds:
    reminding = Reminding(connection, store)
    stale = partial(is_stale, store)
    return Rounds(NAME, due.READ, connection, store, look=reminding.look, stale=stale, now=now)


@dataclass(frozen=True, slots=True)
class Reminding:
    connection: psycopg.Connection
    store: Store

    def look(self, now: datetime, shown: int) -> Sequence[Task]:
        given = due.asked(now, AT_MOST, names=(NAME, *due.READ))
        silent, found = due.silent(self.connection, given), due.reminders(self.connection, given)
        ends = [Task(one.mentorship_id, shown, partial(self._conclude, one, shown, now)) for one in silent]
        found.sort(key=lambda one: one.about)
        things = groupby(found, key=lambda one: one.about)
        tells = [Task(about, shown, partial(self._tell, list(of), shown, now)) for about, of in things]
        return [*ends, *tells]

    def _tell(self, things: Sequence[Found], shown: int, now: datetime) -> None:
        """What is about the same stream, one after the other."""
        for one in things:
            persist(partial(self._tell_one, one, shown, now))

    def _tell_one(self, found: Found, shown: int, now: datetime) -> None:
        mentorship = found.mentorship_id
        if mentorship and is_heard_of(self.store, self.connection, mentorship, shown):
            return
        ground = grounds(self.store, found, now)
        told = ground and (_escalation if found.undone_by else _reminder)(found, ground, now)
        if ground and told:
            id_, sent = told
            tells = Step(NOTIFICATION.stream(id_), notification.send, {"sent": sent})
            command = Command(uuid5(id_, NAME), NAME, cause="timer", at=now)
            self.store.act_together(command, tells, *ground.guards)

    def _conclude(self, silent: Silent, shown: int, now: datetime) -> None:
        persist(partial(self._conclude_once, silent, shown, now))

    def _conclude_once(self, silent: Silent, shown: int, now: datetime) -> None:
        id_ = silent.mentorship_id
        read = related(self.store, id_)
        if is_heard_of(self.store, self.connection, id_, shown) or not self._lapses(read, silent, now):
            return
        first, *others = ending(read.within, read.held, course.conclude, outcome=Outcome.LAPSED)
        unchanged = {"held": read.held, "decision": first.decision, "wish": first.arguments}
        command = Command(uuid5(id_, f"{NAME} {silent.detail}"), NAME, cause="timer", at=now)
        self.store.act_together(command, Step(first.stream, if_unchanged, unchanged), *others)

    def _lapses(self, read: Related, silent: Silent, now: datetime) -> bool:
        if read.within.status is not Status.RUNNING or read.within.archived:
            return False
        warned = [self._warned(silent.warning(who), read) for who in read.held.members]
        unheeded = [age(read.course, at, now) for at in warned if at]
        return not any(at > silent.since for at in read.acted()) and lapses(read.within, unheeded=unheeded)

    def _warned(self, warning: Thing, read: Related) -> datetime | None:
        """When somebody was first warned, as their own notifications have it."""
        rungs = range(1, 1 + max(1, len(ladder(read.within.settings, Occasion.SILENCE))))
        firsts = (next(self.store.history(reminder_id(warning, number)), None) for number in rungs)
        return min((told.recorded_at for told in firsts if told), default=None)


def _reminder(found: Found, ground: Grounds, _: datetime) -> Told | None:
    days = ladder(ground.settings, found.occasion)
    number = rung(days, overdue=ground.late, sent=found.sent)
    if number is None:
        return None
    return reminder_id(found.thing, number), _sent(found, ground, found.occasion, found.detail, number)


def _escalation(found: Found, ground: Grounds, now: datetime) -> Told | None:
    read = ground.related
    if read is None or found.sent_at is None or not read.has_staff(found.to_id, StaffRole.ADMINISTRATOR):
        return None
    unheeded = age(read.course, found.sent_at, now)
    if not escalates(ground.settings, found.occasion, sent=found.sent, unheeded=unheeded):
        return None
    detail = escalated(found.thing)
    id_ = notification_id(found.about, f"{Occasion.ESCALATION} {detail}", found.to_id)
    return id_, _sent(found, ground, Occasion.ESCALATION, detail, 1)


def _sent(found: Found, ground: Grounds, occasion: Occasion, detail: str, number: int) -> Sent:
    return Sent(
        to=found.to_id,
        occasion=occasion,
        about=found.about,
        program=found.program_id,
        settings_version=ground.settings_version,
        mentorship=found.mentorship_id,
        rung=number,
        on=(ground.at - ground.late).date(),
        detail=detail,
    )
