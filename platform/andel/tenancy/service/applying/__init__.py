"""Make a region's database amount to a document: what would be done, and doing it."""

from andel.tenancy.service.applying.applying import Applied, apply, plan_for
from andel.tenancy.service.applying.errors import ApplyError, BusyError, RefusedError, RemovalError

__all__ = ["Applied", "ApplyError", "BusyError", "RefusedError", "RemovalError", "apply", "plan_for"]
