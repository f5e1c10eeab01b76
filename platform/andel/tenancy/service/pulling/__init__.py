"""A region's database read back: as the document that would make it, as what was applied last, as its folder."""

from andel.tenancy.service.pulling.applied import AppliedDocument, applied_as, last_applied
from andel.tenancy.service.pulling.folder import Outcome, Pulled, PullError, pull
from andel.tenancy.service.pulling.reading import document_of

__all__ = [
    "AppliedDocument",
    "Outcome",
    "PullError",
    "Pulled",
    "applied_as",
    "document_of",
    "last_applied",
    "pull",
]
