"""A refusal: a rule that said no. Its class is named as the rule; its docstring is what the person reads."""

import re
from typing import Any


class Refusal(Exception):
    """This is not possible."""

    def __init__(self, **details: Any) -> None:
        """`details` fill the docstring's placeholders and travel to the client; never personal data."""
        self.details = details
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        return (type(self).__doc__ or "").strip().format(**self.details)

    @property
    def code(self) -> str:
        """`MentorIsFull` -> `MENTOR_IS_FULL`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).upper()
