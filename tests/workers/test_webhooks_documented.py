"""The receiver that docs/webhooks.md shows: run as it stands, with our port and secret."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from domain.ids import WebhookId
from domain.store import RecordedEvent, Store
from projections import cloud_events
from projections.webhook_secrets import secret
from tests.deploy.conftest import free_port
from tests.npm import ROOT
from tests.projections.given import eventually
from tests.workers.brokers import SOURCE
from tests.workers.test_publisher import live
from workers.webhook_message import headers

PAGE = ROOT / "docs" / "webhooks.md"
HOOK = WebhookId(UUID(int=1))


@dataclass(frozen=True)
class Receiver:
    url: str
    said: Path

    def answers(self) -> bool:
        """To GET, with which it does not know what to do."""
        try:
            return httpx.get(self.url).status_code == HTTPStatus.NOT_IMPLEMENTED
        except httpx.TransportError:
            return False

    def told(self, recorded: RecordedEvent, signed_by: str) -> int:
        body = cloud_events.message(recorded, recorded.stream_id, SOURCE)
        sent_with = headers(cloud_events.id_of(recorded), body, [signed_by], datetime.now(UTC))
        return httpx.post(self.url, content=body, headers=dict(sent_with)).status_code


@pytest.fixture
def receiver(store: Store, tmp_path: Path) -> Iterator[Receiver]:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    port, said = free_port(), tmp_path / "said"
    mine = re.sub('whsec_[^"]*', secret(store, HOOK, 1), program).replace("8080", str(port))
    (tmp_path / "receiver.py").write_text(mine)
    with said.open("w") as out:
        running = subprocess.Popen([sys.executable, "receiver.py"], cwd=tmp_path, stdout=out)
    found = Receiver(f"http://127.0.0.1:{port}/", said)
    try:
        eventually(lambda: running.poll() is not None or found.answers())
        yield found
    finally:
        running.kill()
        running.wait()


def test_it_takes_what_we_send_and_nothing_else(store: Store, receiver: Receiver) -> None:
    live(store)
    first, second = store.page(0, 2)
    assert receiver.told(first, secret(store, HOOK, 1)) == HTTPStatus.NO_CONTENT
    assert receiver.told(second, secret(store, HOOK, 2)) == HTTPStatus.UNAUTHORIZED
    assert receiver.said.read_text() == f"org.chiron.{first.name}.v1 {first.stream_id}\n"
