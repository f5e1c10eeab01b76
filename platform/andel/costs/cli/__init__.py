"""``andel allocate``, ``andel explain`` and ``andel verify``."""

from andel.costs.cli.commands import allocate, explain, verify_file

__all__ = ["allocate", "explain", "verify_file"]
