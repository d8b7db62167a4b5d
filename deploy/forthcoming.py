"""What the workers would do by a moment if nothing else happened: every timer there is, in one list."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import psycopg

from domain.ids import ProgramId
from domain.occasions import Occasion
from projections import due, due_surveys
from projections.due import Found, Silent
from workers import endings, mentorships, proposals

EVERYTHING: Final = 1_000_000

EXPIRING: Final = f"""
SELECT CASE p.mode WHEN 'self_directed' THEN 'wish goes on' ELSE 'proposal expires' END, 'proposal',
       p.proposal_id, p.program_id, p.expires_at,
       (SELECT count(*) FROM proposal_members v WHERE v.proposal_id = p.proposal_id)
  FROM proposals p
 WHERE p.proposal_id IN ({endings.DUE}) AND (%(program)s::uuid IS NULL OR p.program_id = %(program)s)
"""  # noqa: S608 every part of it is written here or there
RESUMING: Final = f"""
SELECT 'pause ends', 'mentorship', m.mentorship_id, m.program_id,
       m.paused_until::timestamp AT TIME ZONE 'UTC',
       (SELECT count(*) FROM mentorship_members w
         WHERE w.mentorship_id = m.mentorship_id AND w.left_at IS NULL)
  FROM mentorships m
 WHERE m.mentorship_id IN ({mentorships.DUE}) AND (%(program)s::uuid IS NULL OR m.program_id = %(program)s)
"""  # noqa: S608 as above

OF: Final = {
    Occasion.WISH: "proposal",
    Occasion.PROPOSAL: "proposal",
    Occasion.INVITATION: "enrollment",
    Occasion.SURVEY: "survey",
}
"""What else than a relationship a thing is about."""


@dataclass(frozen=True, slots=True)
class Coming:
    """`of` says what the id `about` is one of; `people` is how many it concerns or tells."""

    what: str
    of: str
    about: UUID
    program: UUID | None
    at: datetime
    people: int

    def told(self) -> dict[str, Any]:
        return asdict(self)


def forthcoming(
    connection: psycopg.Connection[tuple[Any, ...]], now: datetime, program: ProgramId | None
) -> list[Coming]:
    """In the order in which it falls due."""
    given = due.asked(now, EVERYTHING, program=program)
    found = [
        *_told(due.reminders(connection, given)),
        *(_lapse(one) for one in due.silent(connection, given)),
        *_surveys(connection, given),
        *_elsewhere(connection, given),
    ]
    return sorted(found, key=lambda one: (one.at, one.what, one.about))


def _told(found: list[Found]) -> Iterator[Coming]:
    """Each thing once, for all who hear of it."""
    found.sort(key=_thing)
    for (what, about, _), of in groupby(found, key=_thing):
        every = list(of)
        at = min(one.due_at for one in every)
        yield Coming(
            what, OF.get(every[0].occasion, "mentorship"), about, every[0].program_id, at, len(every)
        )


def _thing(found: Found) -> tuple[str, UUID, str]:
    told = "tell administrators" if found.undone_by else "remind"
    return f"{told}: {found.occasion} {found.detail}", found.about, found.detail


def _lapse(one: Silent) -> Coming:
    return Coming(
        "conclude as lapsed", "mentorship", one.mentorship_id, one.program_id, one.due_at, one.people
    )


def _surveys(connection: psycopg.Connection[tuple[Any, ...]], given: dict[str, Any]) -> Iterator[Coming]:
    for ask in due_surveys.to_ask(connection, given):
        what = f"ask survey: {ask.kind}"
        yield Coming(what, "mentorship", ask.mentorship_id, ask.program_id, ask.due_at, ask.people)
    for over in due_surveys.over(connection, given):
        yield Coming("survey lapses", "survey", over.survey_id, over.program_id, over.due_at, 1)


def _elsewhere(connection: psycopg.Connection[tuple[Any, ...]], given: dict[str, Any]) -> Iterator[Coming]:
    """What other workers do, as they find it."""
    today = given["now"].astimezone(UTC).date()
    own = {"name": proposals.NAME, "today": today, "names": [mentorships.NAME, *mentorships.READ]}
    for statement in (EXPIRING, RESUMING):
        for row in connection.execute(statement, {**given, **own}):
            yield Coming(*row)
