"""What a request asks for: which resources, which page of them, which of their attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from scim2_models import Resource, ResponseParameters, ScimFilter, SearchRequest
from scim2_models.path import CompareOperator, Comparison, FilterNode, LogicalExpr, LogicalOperator

from andel.identity.model.scim.errors import ScimError, told
from andel.identity.model.scim.reading import checked_text
from andel.identity.model.scim.resources import MOST_PER_PAGE, PER_PAGE, Group, User

LONGEST: Final = 1_000
_LARGEST_INDEX: Final = 1_000_000

_FILTERED: Final[Mapping[type[Resource[Any]], Mapping[str, str]]] = {
    User: {"id": "id", "username": "user_name", "externalid": "external_id", "active": "active"},
    Group: {"id": "id", "displayname": "display_name", "externalid": "external_id"},
}
"""What a filter may compare, by its lower-case name, and what it is called here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list shall hold.

    Attributes:
        equal: values that must hold, by the names of ``_FILTERED``; an ``id`` that is none matches nothing.
        start: the first resource, counted from 1.
        count: how many at most.
        parameters: what is left of each resource in the answer.
    """

    equal: Mapping[str, str | bool | UUID | None]
    start: int = 1
    count: int = PER_PAGE
    parameters: ResponseParameters[Any]

    def leaves_out(self, attribute: str) -> bool:
        """Return whether an attribute is not wanted, so that it need not be read."""
        named = [str(path).rpartition(":")[2].lower() for path in self.parameters.attributes or ()]
        if named:
            return attribute.lower() not in {path.partition(".")[0] for path in named}
        excluded = self.parameters.excluded_attributes or ()
        return attribute.lower() in {str(path).rpartition(":")[2].lower() for path in excluded}


def wanted(model: type[Resource[Any]], arguments: Mapping[str, str]) -> Wanted:
    """Read the query of a list, or of one resource.

    Raises:
        ScimError: a filter that is not understood, or a page that cannot be.
    """
    known = {name.lower(): name for name in ("filter", "startIndex", "count", "attributes", "excludedAttributes")}
    given = {known[name.lower()]: held for name, held in arguments.items() if name.lower() in known}
    for name, text in given.items():
        if len(text) > LONGEST:
            what = f"{name} has at most {LONGEST} characters."
            raise ScimError(what, keyword="invalidFilter", where=name)
        checked_text(text)
    written = given.pop("filter", "")
    for name in ("startIndex", "count"):
        if name in given and not _is_number(given[name]):
            what = f"{name} is no number."
            raise ScimError(what, keyword="invalidValue", where=name)
    request = told(lambda: SearchRequest[model].model_validate(given))  # type: ignore[valid-type]  # a class at run time
    return Wanted(
        equal=_equal(model, written) if written else {},
        start=min(request.start_index or 1, _LARGEST_INDEX),
        count=min(PER_PAGE if request.count is None else request.count, MOST_PER_PAGE),
        parameters=request,
    )


def arguments_of(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the body of a search (RFC 7644, section 3.4.3) as the query that says the same.

    Raises:
        ScimError: a value that no query can hold.
    """
    arguments = {}
    for name, held in data.items():
        listed = [str(one) for one in held] if isinstance(held, list) else None
        if listed is None and (isinstance(held, bool) or not isinstance(held, str | int)):
            what = f"{name} is no text and no number."
            raise ScimError(what, keyword="invalidValue", where=name)
        arguments[name] = str(held) if listed is None else ",".join(listed)
    return arguments


def _is_number(text: str) -> bool:
    return len(text) <= 10 and text.removeprefix("-").isascii() and text.removeprefix("-").isdigit()  # noqa: PLR2004  (digits of any count)


def _equal(model: type[Resource[Any]], written: str) -> dict[str, str | bool | UUID | None]:
    parsed = told(lambda: ScimFilter[model](written))  # type: ignore[valid-type]  # a class at run time
    found: dict[str, str | bool | UUID | None] = {}
    for name, held in _terms(parsed.ast):
        column = _FILTERED[model].get(name)
        if column is None:
            known = ", ".join(sorted(_FILTERED[model]))
            what = f"A filter cannot compare {name}."
            raise ScimError(what, keyword="invalidFilter", remedy=f"Compare one of {known} with eq, joined by and.")
        same = _uuid(held) if column == "id" else _truth(held) if column == "active" else held
        if found.setdefault(column, same) != same:
            what = f"The filter asks for two values of {name} at once."
            raise ScimError(what, keyword="invalidFilter")
    return found


def _terms(node: FilterNode) -> list[tuple[str, str | bool | None]]:
    if isinstance(node, LogicalExpr) and node.op is LogicalOperator.and_:
        return [pair for term in node.terms for pair in _terms(term)]
    if isinstance(node, Comparison) and node.op is CompareOperator.eq and node.attr_path.sub_attr is None:
        return [(node.attr_path.attr.lower(), node.value)]
    what = "This filter is not supported."
    raise ScimError(what, keyword="invalidFilter", remedy='Write attribute eq "value", joined by and.')


def _truth(held: object) -> bool:
    """Return what a word means; Entra ID writes "True" and "False"."""
    found = {"true": True, "false": False}.get(str(held).lower())
    if found is None:
        what = "active is true or false."
        raise ScimError(what, keyword="invalidFilter")
    return found


def _uuid(held: object) -> UUID | None:
    try:
        return UUID(str(held))
    except ValueError:
        return None
