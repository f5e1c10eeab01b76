"""``python -m andel.shared.i18n update|check``: keep the English in step with the Swedish."""

from __future__ import annotations

from pathlib import Path

import click

from andel.shared.i18n.harvest import update
from andel.shared.i18n.review import review
from andel.shared.web.folders import templates_folder

CODE = Path(__file__).parents[2]


@click.group()
def main() -> None:
    """Keep the English catalogues in step with what templates and code say in Swedish."""


@main.command("update")
def update_command() -> None:
    """Collect new words into templates/translations, keep translations, drop what nobody says."""
    for path in update(templates_folder(), CODE):
        click.echo(f"changed {path.name}")
    _report()


@main.command("check")
def check_command() -> None:
    """Say what is missing or wrong; exit 1 when something is."""
    _report()


def _report() -> None:
    complaints = review(templates_folder(), CODE)
    for complaint in complaints:
        click.echo(str(complaint))
    if complaints:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
