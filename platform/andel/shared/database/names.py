"""What the databases, roles and schema revisions of an instance are called."""

from __future__ import annotations

import re
from typing import Final

from andel.shared.database.errors import DatabaseError

OWNER: Final = "andel_owner"
"""Owns every object of every database, and cannot log in. Row security binds it as well."""

MEMBER: Final = "andel_member"
"""What a transaction becomes for a user of an organization: it sees the rows of that organization."""

STAFF: Final = "andel_staff"
"""What a transaction becomes for the region's own staff: it sees every row of the region."""

WORKER: Final = "andel_worker"
"""Works the queue of jobs, and reads nothing else."""

GATE: Final = "andel_gate"
"""What a transaction is while it finds out who is there: it alone reads sessions, tokens and secrets, and writes
people and memberships. It sees no costs and no invoices."""

CONTROL: Final = "andel_control"
"""The control database, and the login that is let into it alone."""

GROUP_ROLES: Final = (OWNER, MEMBER, STAFF, WORKER, GATE)
LOGIN_ROLES: Final = (MEMBER, STAFF, WORKER, GATE)
"""The roles that a region's login may become."""

VIEWER_SETTING: Final = "andel.organizations"
"""The setting that holds a transaction's organizations, ``{uuid,uuid}``."""

REGION_REVISION: Final = "0010"
"""The schema that this version of Andel needs in a region's database. Revisions count up, four digits."""

CONTROL_REVISION: Final = "0002"
"""The schema that this version of Andel needs in the control database."""

_KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST = 40  # an identifier has at most 63 bytes, and the template's name is the longest
_RESERVED = frozenset(role.removeprefix("andel_") for role in (*GROUP_ROLES, CONTROL)) | {"admin", "template"}


def checked_tenant(key: str) -> str:
    """Return the key of a tenant if databases and roles can be named after it.

    Raises:
        DatabaseError: it is no key, is too long, or would give the name of a role of the instance.
    """
    if _KEY.fullmatch(key) is None or len(key) > _LONGEST or key in _RESERVED:
        what = f'"{key}" cannot be the key of a region.'
        remedy = (
            f"Write lower case a to z, digits and single hyphens, at most {_LONGEST} characters, "
            f"and none of {', '.join(sorted(_RESERVED))}."
        )
        raise DatabaseError(what, where=key, remedy=remedy)
    return key


def region_database(tenant: str) -> str:
    """Return the name of a region's database."""
    return f"andel_region_{_plain(tenant)}"


def region_login(tenant: str) -> str:
    """Return the name of the role that a region's processes connect as."""
    return f"andel_{_plain(tenant)}"


def template_database(revision: str = REGION_REVISION) -> str:
    """Return the name of the database that new regions are copied from."""
    return f"andel_template_{revision}"


def _plain(tenant: str) -> str:
    return checked_tenant(tenant).replace("-", "_")
