"""``andel tenant``, for regions kept as files, and ``andel db``, for the databases of the instance."""

from andel.tenancy.cli.database import db
from andel.tenancy.cli.files import tenant

__all__ = ["db", "tenant"]
