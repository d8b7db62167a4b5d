"""Destroys contents that nobody may have any more: what is withdrawn, or was an erased person's, or nobody's.

The first two as soon as the log says so. The last, which an upload cut short leaves behind, on a round
through all blobs now and then: only what is older than any upload can take, and only while no stream is
parked that might name it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

import psycopg
import structlog

from domain.participant import Erased
from domain.resource import Withdrawn
from domain.store import RecordedEvent, Store
from projections import resources
from projections.blobs import Blob, Blobs
from projections.projection import parked_streams
from workers.causes import Causes, shown_up_to
from workers.clock import utc_now

NAME: Final = "collector"
CAUSES: Final = frozenset({Withdrawn.event_name, Erased.event_name})
READ: Final = (resources.PROJECTION.name,)
EVERY: Final = timedelta(hours=1)
UNTOUCHED: Final = timedelta(days=1)

OF_STREAM: Final = "SELECT blob FROM resources WHERE resource_id = %(stream)s AND state <> 'shared'"
OF_PERSON: Final = "SELECT blob FROM resources WHERE shared_by = %(stream)s AND state = 'erased'"
NAMED: Final = """
SELECT blob, bool_or(state = 'shared') FROM resources WHERE blob = ANY (%(blobs)s) GROUP BY blob
"""

log = structlog.get_logger()


class Collector:
    """Follows the log as far as the read model shows it: only there does it stand whose blob is whose."""

    def __init__(
        self,
        connection: psycopg.Connection,
        store: Store,
        blobs: Blobs,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.connection, self._store, self._blobs, self._now = connection, store, blobs, now
        self._causes = Causes(connection, store, NAME, CAUSES, READ)
        self._round: Iterator[bool] = iter(())
        self._next_round = now()

    @property
    def position(self) -> int:
        return self._causes.position

    def advance(self) -> bool:
        """The next page of the log, else the next blobs of a round; False: there is nothing to do."""
        reached, page = self._causes.page()
        for cause in page:
            self._destroy(self._gone(cause))
        if self._causes.move_on(reached):
            return True
        if self._now() >= self._next_round:
            self._next_round = self._now() + EVERY
            self._round = self._look_around()
        return next(self._round, False)

    def _gone(self, cause: RecordedEvent) -> list[str]:
        statement = OF_PERSON if isinstance(cause.event, Erased) else OF_STREAM
        found = self.connection.execute(statement, {"stream": cause.stream_id})
        return [blob for (blob,) in found if blob is not None]

    def _look_around(self) -> Iterator[bool]:
        """Blobs are listed first, then looked up where everything is shown that had happened by then."""
        before = self._now() - UNTOUCHED
        self._blobs.destroy_halves(before)
        for page in self._blobs.all():
            if self._shows(self._store.head()):
                self._destroy(self._unwanted(page, before))
            yield True

    def _shows(self, head: int) -> bool:
        """Whether the read model knows every blob that an event names; if not, a later round does."""
        shown = shown_up_to(self.connection, READ)
        return shown >= head and not parked_streams(self.connection, READ[0])

    def _unwanted(self, page: list[Blob], before: datetime) -> list[str]:
        keys = [blob.key for blob in page]
        shared: dict[str, bool] = dict(self.connection.execute(NAMED, {"blobs": keys}).fetchall())
        return [blob.key for blob in page if not shared.get(blob.key, blob.since >= before)]

    def _destroy(self, keys: list[str]) -> None:
        for key in keys:
            self._blobs.destroy(key)
        if keys:
            log.info("blobs.destroyed", count=len(keys))
