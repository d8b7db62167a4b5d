"""What a run found, told: each pair with its parts, who has nobody and why, the figures, and a digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

import numpy as np
import orjson

from domain.match_outcome import Found, Totals, Unmatched
from domain.pairing.compiled import Compiled

TOP: Final = 3
_REMEMBERED: Final = 20_000
"""Larger runs are told anew: they are not solved again at once."""
_SAID: Final = set(Found.model_fields)
"""One set for all pairs: whoever has 100,000 of them has no memory to waste."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`digest` is the SHA-256 of everything else."""

    found: tuple[Found, ...]
    unmatched: tuple[Unmatched, ...]
    totals: Totals
    digest: str


class Seat(NamedTuple):
    """One pair by index; `turn` 0 is a mentee's first mentor."""

    mentee: int
    mentor: int
    turn: int
    rank: int
    locked: bool


@dataclass(frozen=True, slots=True)
class _Told:
    found: Found
    written: bytes


class Telling:
    """Remembers what it has told: when a pair is locked, all the others stay as they are."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._told: dict[Seat, _Told] = {}

    def outcome(
        self, seats: Sequence[Seat], unmatched: Sequence[Unmatched], missing: int, moved: int
    ) -> Outcome:
        found, written = [], sha256()
        for seat in seats:
            told = self._told.get(seat) or self._tell(seat)
            found.append(told.found)
            written.update(told.written)
        totals = self._totals(seats, found, missing, moved)
        left = [(str(one.participant), one.side, one.reason, one.rules) for one in unmatched]
        written.update(orjson.dumps([left, totals.model_dump(mode="json")], option=orjson.OPT_SORT_KEYS))
        return Outcome(tuple(found), tuple(unmatched), totals, written.hexdigest())

    def _tell(self, seat: Seat) -> _Told:
        """Built without being checked again: everything in it was computed here."""
        compiled = self._compiled
        score = compiled.score(seat.mentee, seat.mentor)
        found = Found.model_construct(
            _SAID,
            number=seat.turn * len(compiled.mentees) + seat.mentee + 1,
            mentors=(compiled.mentors[seat.mentor].id,),
            mentees=(compiled.mentees[seat.mentee].id,),
            score=score.score,
            mentee_score=score.mentee_score,
            mentor_score=score.mentor_score,
            parts=score.parts,
            answered=score.answered,
            asked=score.asked,
            rank=seat.rank,
            locked=seat.locked,
        )
        told = _Told(
            found, orjson.dumps(found.__dict__, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS)
        )
        if len(compiled.mentees) <= _REMEMBERED:
            self._told[seat] = told
        return told

    def _totals(self, seats: Sequence[Seat], found: Sequence[Found], missing: int, moved: int) -> Totals:
        compiled = self._compiled
        scores = np.sort(np.array([one.score for one in found], np.int64))
        total = int(scores.sum())
        figures = {}
        if len(scores):
            fifth = int(scores[(len(scores) - 1) // 20])
            figures = {"worst": int(scores[0]), "fifth": fifth, "mean": total // len(scores)}
        return Totals(
            mentees=len(compiled.mentees),
            mentors=len(compiled.mentors),
            places=int(compiled.mentor_places.sum()),
            placed=len({seat.mentee for seat in seats}),
            total=total,
            bound=total + missing,
            top_three=len({seat.mentee for seat in seats if seat.rank <= TOP}),
            moved=moved,
            **figures,
        )
