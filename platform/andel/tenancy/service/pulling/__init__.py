"""A region's database read back: as the document that would make it, and as what was applied last."""

from andel.tenancy.service.pulling.applied import AppliedDocument, last_applied
from andel.tenancy.service.pulling.reading import document_of

__all__ = ["AppliedDocument", "document_of", "last_applied"]
