"""What a relationship is like: how readily its people meet, write and get on, and what becomes of it."""

from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final

Span = tuple[float, float]
"""From and to: between them it is drawn."""


class Turn(Enum):
    """What becomes of a relationship that does not just go on."""

    PAUSES = "pauses"
    ENDS = "ends"
    CONCLUDES = "concludes"
    IS_HANDED_OVER = "is handed over"


@dataclass(frozen=True, slots=True)
class Temper:
    """`share` is of a hundred relationships.

    `meets` is how likely a meeting that falls due is proposed at all, `comes` how likely a confirmed one is
    held. `bursts_a_week` are exchanges of messages, `answers_hours` how long a reply takes. `checks_in` and
    `replies` are how likely somebody checks in, or answers a survey. `pace` is how far a goal comes in a
    week, in percent; `late` what a due day is multiplied by. `fades_after` so many days, little of all that
    is left.
    """

    name: str
    share: int
    meets: float
    comes: float
    bursts_a_week: float
    answers_hours: Span
    checks_in: float
    replies: float
    pace: Span
    late: Span
    rates: float
    fades_after: Span | None = None
    turn: Turn | None = None
    turns_after: Span = (0, 0)


DILIGENT: Final = Temper(
    "diligent", 22, 1.0, 0.96, 3.4, (1, 22), 0.95, 0.95, (7, 12), (0.5, 0.95), 4.6
)  # fmt: skip
ORDINARY: Final = Temper(
    "ordinary", 36, 0.9, 0.86, 2.8, (3, 48), 0.8, 0.8, (3, 8), (0.7, 1.1), 4.0
)  # fmt: skip
SLIPPING: Final = Temper(
    "slipping", 12, 0.75, 0.6, 1.6, (20, 150), 0.5, 0.5, (1, 4), (1.0, 1.8), 3.0, fades_after=(24, 50)
)  # fmt: skip
SILENT: Final = Temper(
    "silent", 6, 0.05, 0.4, 0.3, (60, 200), 0.05, 0.2, (0, 1), (1.6, 3.0), 2.4, fades_after=(4, 16)
)  # fmt: skip
PAUSING: Final = Temper(
    "pausing", 7, 0.9, 0.88, 1.9, (3, 60), 0.75, 0.8, (3, 7), (0.7, 1.1), 4.0,
    turn=Turn.PAUSES, turns_after=(20, 62),
)  # fmt: skip
ENDING: Final = Temper(
    "ending early", 7, 0.6, 0.55, 1.3, (24, 160), 0.35, 0.6, (0, 3), (1.2, 2.0), 2.5,
    fades_after=(8, 30), turn=Turn.ENDS, turns_after=(46, 82),
)  # fmt: skip
CONCLUDING: Final = Temper(
    "concluded", 6, 0.95, 0.93, 2.2, (2, 40), 0.85, 0.9, (8, 14), (0.5, 0.9), 4.5,
    turn=Turn.CONCLUDES, turns_after=(60, 84),
)  # fmt: skip
HANDED_OVER: Final = Temper(
    "handed over", 4, 0.85, 0.8, 1.8, (4, 70), 0.7, 0.7, (3, 6), (0.8, 1.2), 3.8,
    turn=Turn.IS_HANDED_OVER, turns_after=(38, 60),
)  # fmt: skip

TEMPERS: Final = (DILIGENT, ORDINARY, SLIPPING, SILENT, PAUSING, ENDING, CONCLUDING, HANDED_OVER)


def _dealt() -> tuple[Temper, ...]:
    """A hundred, as many of each as its share, in an order that is always the same."""
    cards = [temper for temper in TEMPERS for _ in range(temper.share)]
    Random(90).shuffle(cards)  # noqa: S311 a story, no secret
    return tuple(cards)


_DEALT: Final = _dealt()


def temper_of(number: int) -> Temper:
    """The temper of the relationship with this number."""
    return _DEALT[number % len(_DEALT)]
