"""The wiring: the only place that knows every room."""

from andel.app.commands import build_cli, cli
from andel.app.installation import ROOT, Installation

__all__ = ["ROOT", "Installation", "build_cli", "cli"]
