"""What the checks look at."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from andel.host.facade import Facade
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.sdk.errors import Complaint, did_you_mean
from andel.sdk.text import words_in
from andel.tenancy.model.document import Organization, TenantDocument
from andel.tenancy.model.faults import Fault, Path

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A document and what is installed.

    Attributes:
        view: what the region's enabled plugins offer.
        known: keys of all organizations, those included that were set aside for another fault; None when not all
            could be read, so that nobody can say which are missing.
        certain: tells whether all that stands at a path could be read; sums over the rest would mislead.
    """

    document: TenantDocument
    registry: Registry
    view: TenantView
    facade: Facade
    known: frozenset[str] | None
    certain: Callable[[Path], bool]

    def organizations(self) -> dict[str, Organization]:
        """Return the organizations by key; of two with the same the first."""
        return {organization.key: organization for organization in reversed(self.document.organizations)}

    def unknown(self, key: str, path: Path, *, groups: bool = False) -> Iterator[Fault]:
        """Yield a fault when the key names no organization (nor group, when those may be named)."""
        if self.known is None:
            return
        names = self.known | ({group.key for group in self.document.groups} if groups else set())
        if key not in names:
            what = f'There is no {"group or " if groups else ""}organization "{key}".'
            yield Fault(what=what, path=path, remedy=did_you_mean(key, names))


def doubles(
    items: Iterable[_Item], name: Callable[[_Item], Hashable | None], owner: Path, what: str, step: str = ""
) -> Iterator[Fault]:
    """Yield a fault for each item that has the name of one before it; None is no name.

    Args:
        items: the elements of the list.
        name: gives what must differ between them.
        owner: the path of the list.
        what: one sentence with a place for the name: ``'The key "{}" is used twice.'``.
        step: the key inside the item that carries the name.
    """
    seen: dict[Hashable, int] = {}
    for index, item in enumerate(items):
        found = name(item)
        if found is None:
            continue
        if found in seen:
            path = (*owner, index, step) if step else (*owner, index)
            yield Fault(what=what.format(found), path=path, remedy=f"Number {seen[found] + 1} has it already.")
        seen.setdefault(found, index)


def complaint_fault(complaint: Complaint, path: Path, *, prefix: str = "") -> Fault:
    """Return a complaint as a fault at the path, in English."""
    what, remedy = words_in(complaint.what, "en"), words_in(complaint.remedy, "en")
    return Fault(what=f"{prefix}{what}", path=path, remedy=remedy)
