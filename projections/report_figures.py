"""Figures of a report: what each says, of how many, whether its target is reached, and what may be told."""

from dataclasses import dataclass, replace
from typing import Any, Final

from domain.suppression import FEWEST, tellable
from projections.reporting import SUPPRESSED, Column, Kind, Row

COLUMNS: Final = (
    Column("figure", "Figure", Kind.TEXT),
    Column("title", "What it is", Kind.TEXT),
    Column("unit", "Unit", Kind.TEXT),
    Column("value", "Value", Kind.NUMBER, hides=True),
    Column("n", "Of how many", Kind.COUNT),
    Column("target", "Target", Kind.NUMBER),
    Column("reached", "Target reached", Kind.FLAG),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """`n` is how many it is made of. A `told` figure is of what people said of each other: of fewer than five
    it is never told, in a part or in the whole.
    """

    key: str
    title: str
    kind: Kind
    value: Any
    n: int | None = None
    target: float | None = None
    told: bool = False

    @property
    def reached(self) -> bool | None:
        if self.target is None or self.value is None or self.value is SUPPRESSED:
            return None
        return bool(self.value >= self.target)

    @property
    def suppressed(self) -> bool:
        return self.value is SUPPRESSED

    @property
    def row(self) -> Row:
        return (self.key, self.title, self.kind.value, self.value, self.n, self.target, self.reached)


def hide(figure: Figure) -> Figure:
    return replace(figure, value=SUPPRESSED, n=None)


def of_a_part(part: Figure, whole: Figure, allowed: bool) -> Figure:
    """As it can stand beside the same figure of the whole."""
    counted, all_counted = (one.value if one.n is None else one.n for one in (part, whole))
    if not allowed or not tellable(counted or 0, all_counted or 0):
        return hide(part)
    return part


def of_the_whole(figure: Figure) -> Figure:
    return hide(figure) if figure.told and 0 < (figure.n or 0) < FEWEST else figure


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure and what it was before: None where there was nothing, SUPPRESSED where it was not told of."""

    now: Figure
    previous: Any

    @property
    def change(self) -> Any:
        if SUPPRESSED in (self.now.value, self.previous):
            return SUPPRESSED
        if self.now.value is None or self.previous is None:
            return None
        return self.now.value - self.previous
