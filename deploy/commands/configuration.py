"""`chiron settings`: every setting, its value and where that comes from."""

from rich.text import Text

from deploy.commands.screen import answers
from deploy.settings import Settings, env_name, load, shown, source


def settings() -> None:
    """Show every setting with its value, where it comes from, and what it is for. Secrets stay hidden."""
    loaded = load()
    for name, field in Settings.model_fields.items():
        setting = Text(f"{env_name(name)}={shown(loaded, name)}", style="bold")
        answers.print(setting.append(f"  ({source(loaded, name)})", style="not bold dim"))
        answers.print(f"    {field.description}", markup=False)
