"""The tables of the shared room: the audit chain."""

from andel.shared.audit.tables import AuditEntryRow, AuditLinkRow, AuditPersonalRow, PersonKeyRow

__all__ = ["AuditEntryRow", "AuditLinkRow", "AuditPersonalRow", "PersonKeyRow"]
