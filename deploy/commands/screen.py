"""Two consoles: answers on standard output, everything said about them on standard error."""

import sys

from rich.console import Console

PIPED = 200
"""Columns where there is no terminal: a program that reads a table wants its ids whole."""

answers = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPED)
remarks = Console(stderr=True, highlight=False, soft_wrap=True)


def tell(sentence: str) -> None:
    remarks.print(sentence, markup=False)


def fault(code: str, sentence: str) -> None:
    remarks.print(f"{code}: {sentence}", markup=False, style="red")
