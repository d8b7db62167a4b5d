"""Asks the surveys of running and of ended relationships when they fall due, and ends those left unanswered.

One occurrence is asked of everybody in one append, once, however many workers run. Each decision reads
everything as it is now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Final
from uuid import uuid5

import psycopg

from domain import survey
from domain.aggregate import Step
from domain.command import Command
from domain.ids import MeetingId, SurveyId, survey_id
from domain.meeting import Held
from domain.store import Store
from domain.survey import SURVEY, Asked
from domain.surveying import HeldMeeting, due_surveys
from projections import due
from projections import due_surveys as found_surveys
from projections.due_surveys import ToAsk
from workers.clock import utc_now
from workers.related import Related, related
from workers.rounds import AT_MOST, Rounds
from workers.tasks import Task, persist

NAME: Final = "surveying"
READ: Final = ("history", "meetings", "programs", "relationships", "surveys")


def rounds(connection: psycopg.Connection, store: Store, now: Callable[[], datetime] = utc_now) -> Rounds:
    asking = Surveying(connection, store)
    return Rounds(NAME, READ, connection, store, look=asking.look, now=now)


@dataclass(frozen=True, slots=True)
class Surveying:
    connection: psycopg.Connection
    store: Store

    def look(self, now: datetime, shown: int) -> Sequence[Task]:
        given = due.asked(now, AT_MOST, names=(NAME, *READ))
        to_ask = found_surveys.to_ask(self.connection, given)
        over = found_surveys.over(self.connection, given)
        asks = [Task(one.mentorship_id, shown, partial(self._ask, one, now)) for one in to_ask]
        ends = [Task(one.survey_id, shown, partial(self._lapse, one.survey_id, now)) for one in over]
        return [*ends, *asks]

    def _ask(self, one: ToAsk, now: datetime) -> None:
        persist(partial(self._ask_once, one, now))

    def _ask_once(self, one: ToAsk, now: datetime) -> None:
        read = related(self.store, one.mentorship_id)
        last = _held(self.store, one.meeting_id) if one.meeting_id else None
        found = due_surveys(read.within, course=read.course, now=now, last_held=last)
        for occurrence, of in groupby(found, key=lambda told: told[0]):
            self._ask_all(read, occurrence, [asked for _, asked in of], now)

    def _ask_all(self, read: Related, occurrence: str, asked: Sequence[Asked], now: datetime) -> None:
        id_ = read.within.mentorship
        steps = [
            Step(
                SURVEY.stream(survey_id(id_, occurrence, one.to)),
                survey.ask,
                {"within": read.within, "asked": one},
            )
            for one in asked
        ]
        command = Command(uuid5(id_, f"{NAME} {occurrence}"), NAME, cause="timer", at=now)
        self.store.act_together(command, *steps, *read.guards())

    def _lapse(self, id_: SurveyId, now: datetime) -> None:
        command = Command(uuid5(id_, f"{NAME} lapse"), NAME, cause="timer", at=now)
        self.store.act(command, SURVEY.stream(id_), survey.lapse, today=now.date())


def _held(store: Store, id_: MeetingId) -> HeldMeeting | None:
    """The meeting as it was recorded."""
    told = (one for one in store.history(id_) if one.name == Held.event_name)
    found = next(((one.recorded_at, one.event) for one in told), None)
    if found is None or not isinstance(found[1], Held):
        return None
    return HeldMeeting(id_, found[0], found[1].attendance)
