"""What can be wrong about the audit chain."""

from __future__ import annotations

from andel.sdk.errors import AndelError


class AuditError(AndelError):
    """An entry cannot be written as it is, or an anchor cannot be read."""
