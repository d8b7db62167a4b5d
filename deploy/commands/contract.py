"""`chiron docs`: the event stream's contract as a page to browse."""

from pathlib import Path
from typing import Annotated

import typer

from deploy import contract_page, trouble
from deploy.commands.screen import answers

FILE = "index.html"


def docs(
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where to write it; made where it is missing.")
    ] = Path("chiron-docs"),
) -> None:
    """Write a page of every message of the event stream: its fields, what they mean, an example."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / FILE).write_text(contract_page.page(), encoding="utf-8")
    except OSError as error:
        raise trouble.FolderNotWritable(folder=out) from error
    answers.print(str(out / FILE), markup=False)
