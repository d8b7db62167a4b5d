"""A store whose process is killed around one of its commands."""

from typing import Any

from domain.command import Command
from domain.store import Step, Store


class Died(BaseException):
    """As when the process is killed just there."""


class Mortal(Store):
    """Dies before the command that has `left` others before it, or just `after` it, with its caller."""

    left = 0
    after = False

    def counts(self, command: Command) -> bool:
        """Whether this is one of them."""
        return True

    def act_together(self, command: Command, *steps: Step, expected_version: int | None = None) -> Any:
        if not self.counts(command):
            return super().act_together(command, *steps, expected_version=expected_version)
        self.left -= 1
        if self.left < 0 and not self.after:
            raise Died
        receipt = super().act_together(command, *steps, expected_version=expected_version)
        if self.left < 0:
            raise Died
        return receipt
