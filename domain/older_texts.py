"""Texts of before there were templates of today, as templates that say the same."""

import re
from string import Formatter
from typing import Any, Final

# Before a mark, or before what may follow: the next piece may begin with a brace.
_READ: Final = re.compile(r"\{+(?=[{%#]|\Z)")


def literal(text: str) -> str:
    """The template that reads as this text, whatever Jinja would have read in it."""
    return _READ.sub(lambda found: '{{ "' + found[0] + '" }}', text)


def from_format(text: str) -> str:
    """The same template as one for `str.format`, which it was once."""
    return "".join(
        literal(said) + ("" if name is None else f"{{{{ {name} }}}}")
        for said, name, _, _ in Formatter().parse(text)
    )


def with_templates_in_jinja(stored: dict[str, Any]) -> dict[str, Any]:
    """Of communications_set: its templates were written for `str.format`."""
    settings = stored["settings"]
    raised = [
        {**template, "subject": from_format(template["subject"]), "body": from_format(template["body"])}
        for template in settings.get("templates", ())
    ]
    return {**stored, "settings": {**settings, "templates": raised}}


def to_the_letter(stored: dict[str, Any]) -> dict[str, Any]:
    """Of announcement_made: it had no variables, and what looks like one is none."""
    return {**stored, "title": literal(stored["title"]), "text": literal(stored["text"])}
