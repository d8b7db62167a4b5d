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
    "diligent", share=22, meets=1.0, comes=0.96, bursts_a_week=3.4, answers_hours=(1, 22),
    checks_in=0.95, replies=0.95, pace=(7, 12), late=(0.5, 0.95), rates=4.6,
)  # fmt: skip
ORDINARY: Final = Temper(
    "ordinary", share=36, meets=0.9, comes=0.86, bursts_a_week=2.8, answers_hours=(3, 48),
    checks_in=0.8, replies=0.8, pace=(3, 8), late=(0.7, 1.1), rates=4.0,
)  # fmt: skip
SLIPPING: Final = Temper(
    "slipping", share=12, meets=0.75, comes=0.6, bursts_a_week=1.6, answers_hours=(20, 150),
    checks_in=0.5, replies=0.5, pace=(1, 4), late=(1.0, 1.8), rates=3.0,
    fades_after=(24, 50),
)  # fmt: skip
SILENT: Final = Temper(
    "silent", share=6, meets=0.05, comes=0.4, bursts_a_week=0.3, answers_hours=(60, 200),
    checks_in=0.05, replies=0.2, pace=(0, 1), late=(1.6, 3.0), rates=2.4,
    fades_after=(4, 16),
)  # fmt: skip
PAUSING: Final = Temper(
    "pausing", share=7, meets=0.9, comes=0.88, bursts_a_week=1.9, answers_hours=(3, 60),
    checks_in=0.75, replies=0.8, pace=(3, 7), late=(0.7, 1.1), rates=4.0,
    turn=Turn.PAUSES, turns_after=(20, 62),
)  # fmt: skip
ENDING: Final = Temper(
    "ending early", share=7, meets=0.6, comes=0.55, bursts_a_week=1.3, answers_hours=(24, 160),
    checks_in=0.35, replies=0.6, pace=(0, 3), late=(1.2, 2.0), rates=2.5,
    fades_after=(8, 30), turn=Turn.ENDS, turns_after=(46, 82),
)  # fmt: skip
CONCLUDING: Final = Temper(
    "concluded", share=6, meets=0.95, comes=0.93, bursts_a_week=2.2, answers_hours=(2, 40),
    checks_in=0.85, replies=0.9, pace=(8, 14), late=(0.5, 0.9), rates=4.5,
    turn=Turn.CONCLUDES, turns_after=(60, 84),
)  # fmt: skip
HANDED_OVER: Final = Temper(
    "handed over", share=4, meets=0.85, comes=0.8, bursts_a_week=1.8, answers_hours=(4, 70),
    checks_in=0.7, replies=0.7, pace=(3, 6), late=(0.8, 1.2), rates=3.8,
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
