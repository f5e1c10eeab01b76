"""A region's database read back: as the document that would make it, and as what was applied last."""

from andel.tenancy.service.pulling.applied import AppliedDocument, applied_as, last_applied
from andel.tenancy.service.pulling.reading import document_of

__all__ = ["AppliedDocument", "applied_as", "document_of", "last_applied"]
