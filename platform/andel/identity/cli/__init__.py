"""``andel operator`` and ``andel keys``: who may look into a region and for how long, and keys for secrets."""

from andel.identity.cli.keys import keys
from andel.identity.cli.operators import Places, operator_command

__all__ = ["Places", "keys", "operator_command"]
