"""What a request makes of a person: a new one, one that is replaced, one that is changed here and there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from scim2_models import Context, PatchOp

from andel.identity.model.scim.errors import syntax, told, value
from andel.identity.model.scim.resources import POLICY, User

MOST_OPERATIONS: Final = 100
"""Each operation copies the resource; a directory sends a handful."""

MOST_VALUES: Final = 100
"""How many addresses, or roles, a person has at most."""

_IDENTITY_NUMBER: Final = re.compile(r"(?:19|20)?(\d{2})(\d{2})(\d{2})[-+]?(\d{4})")
_COORDINATION: Final = 60  # a coordination number is an identity number whose day has 60 added


def created(data: Mapping[str, Any]) -> User:
    """Return the person of a creation request. Nothing said of ``active`` means active.

    Raises:
        ScimError: it cannot be kept.
    """
    payload = {"active": True} | _complete(data)
    return _kept(told(lambda: _validated(payload, Context.RESOURCE_CREATION_REQUEST)))


def replaced(before: User, data: Mapping[str, Any]) -> User:
    """Return the person of a replacement. Nothing said of ``active`` changes nothing: it never lets back in.

    Raises:
        ScimError: it cannot be kept.
    """
    payload = {"active": bool(before.active)} | _complete(data)
    after = told(lambda: _validated(payload, Context.RESOURCE_REPLACEMENT_REQUEST))
    after.id, after.meta = before.id, before.meta
    return _kept(after)


def patched(before: User, data: Mapping[str, Any]) -> User:
    """Return the person after the operations of a PATCH, all or none.

    Raises:
        ScimError: an operation cannot be done, or the outcome cannot be kept.
    """
    check_operations(data)
    after: User = before.model_copy(deep=True)

    def apply() -> None:
        patch = PatchOp[User].model_validate(data, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY)
        patch.patch(after, scim_policy=POLICY)

    told(apply)
    return _kept(after)


def check_operations(data: Mapping[str, Any]) -> None:
    """Refuse a PATCH of so many operations that it would keep everybody waiting.

    Raises:
        ScimError: too many.
    """
    operations = next((found for name, found in data.items() if name.lower() == "operations"), None)
    if isinstance(operations, list) and len(operations) > MOST_OPERATIONS:
        what = f"The request holds more than {MOST_OPERATIONS} operations."
        raise syntax(what, remedy="Send them in several requests, or name many values in one operation.")


def _complete(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data under names in one case, with the schema that Entra ID and others leave out."""
    names = {name.lower(): name for name in ("schemas", "active")}
    found = {names.get(name.lower(), name): held for name, held in data.items()}
    if not found.get("schemas"):
        found["schemas"] = [str(User.__schema__)]
    return {name: held for name, held in found.items() if name != "active" or held not in (None, "")}


def _validated(payload: Mapping[str, Any], context: Context) -> User:
    return User.model_validate(payload, scim_ctx=context, scim_policy=POLICY)


def _kept(user: User) -> User:
    """Refuse what must never be kept, whichever request brought it."""
    user.user_name = (user.user_name or "").strip()
    user.external_id = (user.external_id or "").strip() or None
    if not user.user_name:
        what = "A user has a userName."
        raise value(what, where="userName")
    for name in ("emails", "roles"):
        if len(getattr(user, name) or ()) > MOST_VALUES:
            what = f"A user has at most {MOST_VALUES} {name}."
            raise value(what, where=name)
    for where, held in _texts(user):
        if is_identity_number(held):
            what = "The value is a personal identity number, and Andel keeps none."
            raise value(what, where=where, remedy="Map another attribute of the directory, such as its object id.")
    return user


def _texts(user: User) -> Iterator[tuple[str, str]]:
    yield "userName", user.user_name or ""
    yield "externalId", user.external_id or ""
    yield "displayName", user.display_name or ""
    for email in user.emails or ():
        yield "emails", (email.value or "").partition("@")[0]


def is_identity_number(text: str) -> bool:
    """Return whether a text is a Swedish personal identity number or coordination number, by date and check digit."""
    found = _IDENTITY_NUMBER.fullmatch(text.strip())
    if found is None:
        return False
    year, month, day, last = found.groups()
    number = int(day) - _COORDINATION if int(day) > _COORDINATION else int(day)
    try:
        date(2000 + int(year), int(month), number)
    except ValueError:
        return False
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(year + month + day + last)]
    return sum(digit // 10 + digit % 10 for digit in doubled) % 10 == 0
