"""What every operation of the API has in common: guard, strict reading, problems, pages, versions, keys, document."""

from andel.shared.api.document import ROOT, Api, document_of, operations_of
from andel.shared.api.errors import PROBLEMS, ConflictError, InvalidError, NotFoundError
from andel.shared.api.gate import Caller, Gate, Inside
from andel.shared.api.operations import Answered, Operation, Resources
from andel.shared.api.paging import Page, Sort, page_of_list, page_of_rows
from andel.shared.api.tags import expect

__all__ = [
    "PROBLEMS",
    "ROOT",
    "Answered",
    "Api",
    "Caller",
    "ConflictError",
    "Gate",
    "Inside",
    "InvalidError",
    "NotFoundError",
    "Operation",
    "Page",
    "Resources",
    "Sort",
    "document_of",
    "expect",
    "operations_of",
    "page_of_list",
    "page_of_rows",
]
