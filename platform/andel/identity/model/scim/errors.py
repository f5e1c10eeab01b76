"""What a SCIM client did wrong, as RFC 7644 section 3.12 names it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from pydantic import ValidationError
from scim2_models import Error, SCIMException

from andel.sdk.errors import AndelError

T = TypeVar("T")


class ScimError(AndelError):
    """A request that cannot be done. ``status`` is HTTP's, ``keyword`` the ``scimType`` that programs read."""

    def __init__(
        self,
        what: str,
        *,
        status: int = HTTPStatus.BAD_REQUEST,
        keyword: str = "",
        where: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.status = int(status)
        self.keyword = keyword

    def as_error(self) -> Error:
        """Return the document that is answered."""
        return Error(status=self.status, scim_type=self.keyword or None, detail=str(self))


def syntax(what: str, *, remedy: str = "") -> ScimError:
    """Return the error of a body that does not follow the request's form."""
    return ScimError(what, keyword="invalidSyntax", remedy=remedy)


def value(what: str, *, where: str = "", remedy: str = "") -> ScimError:
    """Return the error of a value that its attribute cannot hold."""
    return ScimError(what, keyword="invalidValue", where=where, remedy=remedy)


def taken(attribute: str) -> ScimError:
    """Return the error of a value that another resource of the organization has."""
    what = f"Another resource has this {attribute} already."
    remedy = "Find it by a filter and change it, or delete it first."
    return ScimError(what, status=HTTPStatus.CONFLICT, keyword="uniqueness", where=attribute, remedy=remedy)


def no_user() -> ScimError:
    """Return the error of a user who is not here: foreign, deleted or never made, all the same."""
    return _missing("user")


def no_group() -> ScimError:
    """Return the error of a group that is not here: foreign, deleted or never made, all the same."""
    return _missing("group")


def _missing(resource: str) -> ScimError:
    what = f"There is no such {resource}."
    return ScimError(what, status=HTTPStatus.NOT_FOUND, remedy="Look it up by a filter; it may have been deleted.")


def no_member() -> ScimError:
    """Return the error of a group's member that is no user of the organization."""
    return value("A member is no user of this organization.", where="members", remedy="Provision the user first.")


def told(read: Callable[[], T]) -> T:
    """Run what reads a request with scim2-models, and tell its refusals as ours.

    Raises:
        ScimError: the library refused it.
    """
    try:
        return read()
    except ValidationError as error:
        first = Error.from_validation_errors(error)[0]
    except SCIMException as error:
        first = error.to_error()
    what = f"{(first.detail or 'The request cannot be read').rstrip('.')}."
    raise ScimError(what, status=first.status or HTTPStatus.BAD_REQUEST, keyword=first.scim_type or "")
