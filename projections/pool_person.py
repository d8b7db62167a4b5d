"""One person of a pool, as their own profile and enrollment have them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from domain import participant
from domain.enrollment import Enrollment
from domain.event import ERASED
from domain.ids import ParticipantId
from domain.matching_settings import MatchingSettings, Rung
from domain.pairing.pool import Person
from domain.participant import Participant
from domain.program_settings import Capacity, Side

DEFAULT_STEP: Final = 2
"""Of a job title that stands on no rung of the ladder."""


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's part in a programme. `kept` places wait for the answer to a proposal."""

    who: ParticipantId
    enrollment: Enrollment
    person: Participant
    hours_elsewhere: int = 0
    kept: int = 0

    @property
    def hours_left(self) -> int | None:
        """None: no limit is known, or, on a mentee's side, none counts. Who offers less now may owe some."""
        held = self.person.availability
        if held is None or self.enrollment.role is not Side.MENTOR:
            return None
        return max(held.hours_a_month - sum(self.enrollment.places.values()) - self.hours_elsewhere, 0)

    def places(self, capacity: Capacity) -> int:
        """How many relationships more: by number, and of a mentor by hours too."""
        mentors = self.enrollment.role is Side.MENTOR
        limit = capacity.mentees_per_mentor if mentors else capacity.mentors_per_mentee
        left = limit - len(self.enrollment.places)
        if self.hours_left is not None and capacity.hours_a_month:
            left = min(left, self.hours_left // capacity.hours_a_month)
        return max(left - self.kept, 0)


def person_of(part: Part, settings: MatchingSettings, capacity: Capacity, day: date) -> Person:
    """Without what others know: managers' managers, biography's vector, days of waiting."""
    state, said = part.person, part.person.said
    manager = said.get("manager")
    return Person(
        id=part.who,
        places=part.places(capacity),
        offers={key: offer.level for key, offer in sorted(state.offers.items())},
        wishes={key: (wish.level, wish.priority) for key, wish in sorted(state.wishes.items())},
        languages=tuple(said.get("languages") or ()),
        utc_offset=_offset(said.get("time_zone"), day),
        location=said.get("location"),
        department=said.get("department"),
        title_step=title_step(said.get("job_title"), settings.ladder),
        hours_left=part.hours_left,
        managers=(manager,) if manager else (),
        facts=participant.facts(state, part.who).profile,
        answers=_known(part.enrollment.answers),
        groups=_known(said.get("demographics")),
        preference=_known(part.enrollment.preference),
        wished=part.enrollment.wishes,
        avoided=state.avoided,
    )


def title_step(title: str | None, ladder: tuple[Rung, ...]) -> int | None:
    """The lowest rung wins where one of its words stands there ("Junior Manager"), else the highest."""
    if title is None:
        return None
    steps = sorted(rung.step for rung in ladder if _words(rung.words).search(title))
    lowest = min((rung.step for rung in ladder), default=0)
    return (steps[0] if steps[0] == lowest else steps[-1]) if steps else DEFAULT_STEP


@lru_cache(maxsize=256)
def _words(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _offset(zone: str | None, day: date) -> int | None:
    """Minutes east of Greenwich at noon of that day."""
    if zone is None:
        return None
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    offset = noon.astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else None


def _known(told: Any) -> Mapping[str, str]:
    """What is erased was never said."""
    return told if told and told is not ERASED else {}
