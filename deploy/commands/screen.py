"""Two consoles: answers on standard output, everything said about them on standard error."""

from rich.console import Console

answers = Console(highlight=False, soft_wrap=True)
remarks = Console(stderr=True, highlight=False, soft_wrap=True)


def tell(sentence: str) -> None:
    remarks.print(sentence, markup=False)


def fault(code: str, sentence: str) -> None:
    remarks.print(f"{code}: {sentence}", markup=False, style="red")
