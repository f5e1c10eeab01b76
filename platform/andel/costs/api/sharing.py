"""Whose amounts a program sees: everybody's where the region has it so, else its own organization's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from andel.identity.model.sharing import Shared
from andel.identity.service.sharing import read_sharing
from andel.parties.tables import OrganizationRow
from andel.shared.api import Inside


@dataclass(frozen=True, slots=True)
class Seen:
    """The keys of those whose amounts are seen; None: everybody's."""

    keys: frozenset[str] | None

    @property
    def everybody(self) -> bool:
        """Whether nobody's amount is kept back."""
        return self.keys is None

    def sees(self, key: str) -> bool:
        """Return whether an organization's amount is seen."""
        return self.keys is None or key in self.keys


def seen_by(inside: Inside) -> Seen:
    """Return whose amounts the program sees in allocations and workings. Charges are kept by the database itself."""
    if inside.caller.regional or read_sharing(inside.session).is_open(Shared.ALLOCATIONS):
        return Seen(None)
    own = select(OrganizationRow.key).where(OrganizationRow.id.in_(inside.caller.organizations))
    return Seen(frozenset(inside.session.scalars(own)))
