"""What the store can say beside a rule's refusal."""

from domain.refusal import Refusal


class Conflict(Refusal):
    """This was changed in the meantime (it is at version {current_version}): read it again, then decide."""

    def __init__(self, *, current_version: int) -> None:
        super().__init__(current_version=current_version)
        self.current_version = current_version


class CommandReused(Refusal):
    """This command id was already used for something else: choose a new one."""


class NothingOfThisKind(Refusal):
    """There is no {kind} with this id."""


class SubjectForgotten(Refusal):
    """This person's data was erased for good: nothing personal can be recorded about them any more."""


class StoreUnavailable(Exception):
    """The database cannot be reached. Whether a command was recorded is unknown: repeat it with its id."""


class EventUnreadable(Exception):
    """A stored event that does not decode; the text names the place and the kind of fault, never a value."""
