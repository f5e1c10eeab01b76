"""The commands of identity: operators, keys for secrets, programs of the API, and directories."""

from andel.identity.cli.clients import client_command
from andel.identity.cli.directories import directory_command
from andel.identity.cli.keys import keys
from andel.identity.cli.operators import Places, operator_command

__all__ = ["Places", "client_command", "directory_command", "keys", "operator_command"]
