"""What a group of rows is given, and how its sides are taken in turns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.benchmarks.figures import Row
from tests.benchmarks.server import Server

Figure = TypeVar("Figure")


@dataclass(frozen=True, slots=True)
class Bench:
    """`rounds` of `seconds` for every side, one side after the other, so that all meet the same machine.

    `people` is the size of the imported organisation.
    """

    server: Server
    folder: Path
    rounds: int
    seconds: float
    people: int
    say: Callable[[str], None]

    def interleaved(self, what: str, sides: dict[str, Callable[[], Figure]]) -> dict[str, list[Figure]]:
        """A first short taste of each side is not counted: it warms caches, plans and pools."""
        figures: dict[str, list[Figure]] = {name: [] for name in sides}
        for number in range(1, self.rounds + 1):
            for name, measure in sides.items():
                self.say(f"{what}: round {number} of {self.rounds}, {name}")
                figures[name].append(measure())
        return figures


Group = Callable[[Bench], Iterator[Row]]
