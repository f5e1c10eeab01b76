"""``andel tenant``, for regions kept as files, and ``andel db``, for the databases of the instance."""

from andel.tenancy.cli import applying, validating
from andel.tenancy.cli.database import db
from andel.tenancy.cli.group import tenant

COMMANDS = (validating.validate, applying.plan, applying.diff, applying.apply)
"""Those of ``andel tenant``; each joins the group where it is defined."""

__all__ = ["COMMANDS", "db", "tenant"]
