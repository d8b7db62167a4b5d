"""What a benchmark says: a load's figures, and one row of the table with its goal and its check."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


class Incomplete(Exception):
    """A side lost, doubled or reordered something: whatever its speed, it is no result."""


class NotMeasured(Exception):
    """A peer cannot be had on this machine; its rows say so and count as not reached."""


@dataclass(frozen=True, slots=True)
class Load:
    """One round of one side: how much it did, how long it took, how long each caller waited."""

    count: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


@dataclass(frozen=True, slots=True)
class Goal:
    """`>= 12` times the peer, or `<= 50` in the row's own unit where it has no peer."""

    sign: Literal[">=", "<="]
    bound: float

    def met_by(self, figure: float) -> bool:
        return figure >= self.bound if self.sign == ">=" else figure <= self.bound


@dataclass(frozen=True, slots=True)
class Row:
    """`checked` says what was compared to know that the figure is of complete work.

    `against` and `reach` are empty where there is no peer and no goal: such a row informs, and is ok.
    """

    group: str
    name: str
    value: float | None
    unit: str
    against: str
    ratio: float | None
    reach: str
    ok: bool
    checked: str
    peer_value: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a row is about; a figure, and for some a peer's, makes it a row."""

    group: str
    name: str
    unit: str
    goal: Goal | None = None

    def against(self, peer: str, ours: Sequence[float], theirs: Sequence[float], checked: str) -> Row:
        """Both sides are medians of rounds that were interleaved in one run."""
        value, peer_value = median(ours), median(theirs)
        ratio = value / peer_value
        met = self.goal is None or self.goal.met_by(ratio)
        reach = self.reach("x")
        return Row(self.group, self.name, value, self.unit, peer, ratio, reach, met, checked, peer_value)

    def alone(self, value: float, checked: str) -> Row:
        """A figure with a bound of its own, or with none: then it informs."""
        met = self.goal is None or self.goal.met_by(value)
        return Row(self.group, self.name, value, self.unit, "", None, self.reach(self.unit), met, checked)

    def unmeasured(self, peer: str, why: str) -> Row:
        """Said loudly, and never ok."""
        why = f"NOT MEASURED: {why}"
        return Row(self.group, self.name, None, self.unit, peer, None, self.reach("x"), False, why)

    def reach(self, unit: str) -> str:
        return f"{self.goal.sign} {self.goal.bound:g} {unit}" if self.goal else ""


def percentile(sorted_values: Sequence[float], share: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]
