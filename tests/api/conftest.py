"""Tests that speak to the API as a client does."""

from tests.house import house

__all__ = ["house"]
