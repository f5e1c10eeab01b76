"""``andel allocate``, ``andel explain``, ``andel run`` and ``andel verify``."""

from andel.costs.cli.commands import allocate, explain
from andel.costs.cli.options import Places
from andel.costs.cli.running import run_command
from andel.costs.cli.verifying import verify_command

__all__ = ["Places", "allocate", "explain", "run_command", "verify_command"]
