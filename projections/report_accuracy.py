"""How often health was right: what it said thirty days before relationships ended, and how they ended."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import psycopg

from domain.accountability import Accuracy, Verdict
from domain.accountability import accuracy_of as accuracy
from projections.measured import measured
from projections.report_relationships import Ended, Totals

Connection = psycopg.Connection[Any]

BEFORE: Final = timedelta(days=30)

_ENDED: Final = (
    "mentorships m JOIN unnest(%(ended)s::uuid[], %(moments)s::timestamptz[]) AS o (id, moment)"
    " ON o.id = m.mentorship_id"
)
_THEN: Final = measured("o.moment", of=_ENDED)
VERDICTS: Final = f"SELECT r.mentorship_id, r.verdict FROM ({_THEN}) r"  # noqa: S608 written here and there


def accuracy_of(connection: Connection, *sides: Totals) -> tuple[Accuracy, ...]:
    """Of the relationships that each of these totals counts; the first has all that the others have."""
    verdicts = _verdicts(connection, sides[0]["ended"])
    return tuple(_told(side["ended"], verdicts) for side in sides)


def _verdicts(connection: Connection, ended: Iterable[Ended]) -> Mapping[UUID, str]:
    moments = {one.mentorship: one.at - BEFORE for one in ended}
    if not moments:
        return {}
    asked = {"ended": list(moments), "moments": list(moments.values())}
    return dict(connection.execute(VERDICTS, asked).fetchall())


def _told(ended: Sequence[Ended], verdicts: Mapping[UUID, str]) -> Accuracy:
    """Of a relationship that had not begun by then it was too early to tell, too."""
    said = [(one.badly, verdicts.get(one.mentorship, Verdict.TOO_EARLY)) for one in ended]
    judged = [(badly, verdict == Verdict.AT_RISK) for badly, verdict in said if verdict != Verdict.TOO_EARLY]
    return accuracy(
        warned=sum(warned for _, warned in judged),
        failed=sum(badly for badly, _ in judged),
        both=sum(badly and warned for badly, warned in judged),
        judged=len(judged),
        too_early=len(said) - len(judged),
    )
