"""Tests that speak to the API as a client does."""

from collections.abc import Iterator

import pytest

from tests.api.world import World, opened
from tests.house import house

__all__ = ["house"]


@pytest.fixture(scope="session")
def world(postgres_url: str) -> Iterator[World]:
    """For tests that only read; whoever writes opens one of their own."""
    with opened(postgres_url) as one:
        yield one
