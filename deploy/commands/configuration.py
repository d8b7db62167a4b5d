"""`chiron settings`: every setting, its value and where that comes from."""

from rich.table import Column, Table

from deploy.commands.screen import answers
from deploy.settings import Settings, env_name, load, shown, source


def settings() -> None:
    """Show every setting with its value, where it comes from, and what it is for. Secrets stay hidden."""
    loaded = load()
    table = Table(Column("setting", no_wrap=True), "value", "from", Column("what it is for", ratio=1))
    for name, field in Settings.model_fields.items():
        table.add_row(env_name(name), shown(loaded, name), source(loaded, name), field.description)
    answers.print(table)
