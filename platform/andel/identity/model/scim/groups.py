"""What a request makes of a group.

A group of a municipality has thousands of members, so a change is never worked out on a list of all of them: it is
what is added, what is removed, and whether everybody else goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from scim2_models import Context, PatchOp, PatchOperation
from scim2_models.path import CompareOperator, Comparison, FilterNode, LogicalExpr, LogicalOperator, ValuePath

from andel.identity.model.scim.errors import ScimError, no_member, syntax, told, value
from andel.identity.model.scim.people import check_operations
from andel.identity.model.scim.resources import POLICY, Group

MOST_MEMBERS: Final = 10_000
"""How many members one request names at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChange:
    """What becomes of a group.

    Attributes:
        display_name, external_id: as they are afterwards.
        added, removed: people that come and go; nobody is in both.
        only: everybody who is not in ``added`` goes.
    """

    display_name: str
    external_id: str | None = None
    added: frozenset[UUID] = frozenset()
    removed: frozenset[UUID] = frozenset()
    only: bool = False

    def add(self, people: frozenset[UUID]) -> GroupChange:
        """Return the change with people who come."""
        return replace(self, added=self.added | people, removed=self.removed - people)

    def remove(self, people: frozenset[UUID]) -> GroupChange:
        """Return the change with people who go."""
        return replace(self, added=self.added - people, removed=self.removed | people)

    def set(self, people: frozenset[UUID]) -> GroupChange:
        """Return the change after which these people, and nobody else, are members."""
        return replace(self, added=people, removed=frozenset(), only=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """A group without its members."""

    display_name: str
    external_id: str | None = field(default=None)


def created_group(data: Mapping[str, Any]) -> GroupChange:
    """Return the group of a creation or a replacement request.

    Raises:
        ScimError: it cannot be kept.
    """
    payload = {name: held for name, held in data.items() if name.lower() != "schemas"}
    payload["schemas"] = [str(Group.__schema__)]
    group = told(lambda: Group.model_validate(payload, scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY))
    change = GroupChange(display_name=group.display_name or "", external_id=group.external_id)
    return _kept(change.set(_people(member.value for member in group.members or ())))


def patched_group(before: GroupState, data: Mapping[str, Any]) -> GroupChange:
    """Return what the operations of a PATCH make of a group, all or none.

    Raises:
        ScimError: an operation cannot be done.
    """
    check_operations(data)
    patch = told(
        lambda: PatchOp[Group].model_validate(data, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY)
    )
    change = GroupChange(display_name=before.display_name, external_id=before.external_id)
    for operation in patch.operations or ():
        change = _applied(change, operation)
    return _kept(change)


def _applied(change: GroupChange, operation: PatchOperation[Group]) -> GroupChange:
    if operation.path is None or not operation.path.attr:
        if not isinstance(operation.value, Mapping):
            what = "An operation without a path has an object as its value."
            raise value(what, where="Operations")
        for name, held in operation.value.items():
            change = _written(change, str(name).rpartition(":")[2].lower(), operation.op, held)
        return change
    node = operation.path.ast
    if isinstance(node, ValuePath) and node.attr_path.attr.lower() == "members":
        if operation.op is not PatchOperation.Op.remove:
            what = "A member is added or removed, never changed."
            raise ScimError(what, keyword="mutability", where="members")
        return change.remove(_people(_named(node.val_filter)))
    return _written(change, operation.path.attr.lower(), operation.op, operation.value)


def _written(change: GroupChange, name: str, op: PatchOperation.Op, held: object) -> GroupChange:
    """Write one attribute; what Andel does not keep changes nothing."""
    if name == "members":
        return _members(change, op, held)
    if name not in {"displayname", "externalid"}:
        return change
    if op is PatchOperation.Op.remove:
        held = None
    if held is not None and not isinstance(held, str):
        what = "The value is no text."
        raise value(what, where=name)
    return replace(change, display_name=held or "") if name == "displayname" else replace(change, external_id=held)


def _members(change: GroupChange, op: PatchOperation.Op, held: object) -> GroupChange:
    if op is PatchOperation.Op.remove and held in (None, [], ""):
        return change.set(frozenset())
    listed = held if isinstance(held, list) else [] if held is None else [held]
    people = _people(_value_of(member) for member in listed)
    if op is PatchOperation.Op.add:
        return change.add(people)
    return change.remove(people) if op is PatchOperation.Op.remove else change.set(people)


def _value_of(member: object) -> object:
    if isinstance(member, Mapping):
        return next((held for name, held in member.items() if str(name).lower() == "value"), None)
    return member


def _named(node: FilterNode) -> list[object]:
    """Return the ids that ``members[value eq "..." or value eq "..."]`` names."""
    if isinstance(node, LogicalExpr) and node.op is LogicalOperator.or_:
        return [found for term in node.terms for found in _named(term)]
    if isinstance(node, Comparison) and node.op is CompareOperator.eq and node.attr_path.attr.lower() == "value":
        return [node.value]
    what = "Members are named by their value."
    raise ScimError(what, keyword="invalidPath", where="members", remedy='Write members[value eq "..."].')


def _people(values: Iterable[object]) -> frozenset[UUID]:
    found = set()
    for held in values:
        if not isinstance(held, str):
            what = "A member has a value: the id of a user."
            raise value(what, where="members")
        try:
            found.add(UUID(held))
        except ValueError as error:
            raise no_member() from error
    if len(found) > MOST_MEMBERS:
        what = f"A request names at most {MOST_MEMBERS} members."
        raise syntax(what, remedy="Send them in several requests.")
    return frozenset(found)


def _kept(change: GroupChange) -> GroupChange:
    if not change.display_name.strip():
        what = "A group has a displayName."
        raise value(what, where="displayName")
    return replace(change, display_name=change.display_name.strip())
