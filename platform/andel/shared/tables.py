"""The tables of the shared room: the audit chain, and answers of the API that are found again."""

from andel.shared.audit.tables import AuditEntryRow, AuditLinkRow, AuditPersonalRow, PersonKeyRow
from andel.shared.idempotency.tables import ApiAnswerRow

__all__ = ["ApiAnswerRow", "AuditEntryRow", "AuditLinkRow", "AuditPersonalRow", "PersonKeyRow"]
