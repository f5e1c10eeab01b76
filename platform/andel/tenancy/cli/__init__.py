"""``andel tenant``, for regions kept as files, and ``andel db``, for the databases of the instance."""

from andel.tenancy.cli.applying import apply, diff, plan
from andel.tenancy.cli.database import db
from andel.tenancy.cli.group import tenant
from andel.tenancy.cli.pulling import pull
from andel.tenancy.cli.validating import validate

for command in (validate, plan, diff, apply, pull):
    tenant.add_command(command)

__all__ = ["db", "tenant"]
