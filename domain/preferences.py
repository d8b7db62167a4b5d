"""What somebody wants to be told by mail, and when; the inbox has everything, whatever they prefer."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Final, Self

from pydantic import AfterValidator, model_validator

from domain.event import DomainEvent
from domain.occasions import Occasion
from domain.words import Value, shaped


def _in_order(muted: tuple[Occasion, ...]) -> tuple[Occasion, ...]:
    return tuple(occasion for occasion in Occasion if occasion in muted)


Muted = Annotated[tuple[Occasion, ...], AfterValidator(_in_order)]
TimeOfDay = Annotated[
    str, shaped(r"([01][0-9]|2[0-3]):[0-5][0-9]", "must be a time of day, such as 07:30 or 22:00")
]


class QuietHours(Value):
    """By the person's own clock. From 22:00 until 07:00 goes over midnight."""

    since: TimeOfDay
    until: TimeOfDay

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.since == self.until:
            raise ValueError("quiet hours end at another time than they begin")
        return self

    def over_at(self, now: datetime, zone: tzinfo) -> datetime | None:
        """None: it is not quiet now. An end that a clock shows twice, or skips, is the later one."""
        local, since, until = now.astimezone(zone), time.fromisoformat(self.since), self._until
        clock = local.time()
        over_midnight = until < since
        quiet = clock >= since or clock < until if over_midnight else since <= clock < until
        if not quiet:
            return None
        day = local.date() + timedelta(days=1 if over_midnight and clock >= since else 0)
        ends = (datetime.combine(day, until.replace(fold=fold), zone) for fold in (0, 1))
        return max(end.astimezone(UTC) for end in ends)

    @property
    def _until(self) -> time:
        return time.fromisoformat(self.until)


class NotificationsPreferred(DomainEvent, name="participant.notifications_preferred"):
    """What is `muted` does not come by mail; what comes in quiet hours waits for their end."""

    mail: bool = True
    muted: Muted = ()
    quiet: QuietHours | None = None


THE_USUAL: Final = NotificationsPreferred()
"""What holds until somebody says otherwise."""
