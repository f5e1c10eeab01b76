"""Who reads, for the frame around every page."""

from __future__ import annotations

from andel.identity.model.roles import WORDS
from andel.identity.pages.guard import current
from andel.identity.pages.sign_in.addresses import Addresses
from andel.shared.web import Viewer


def viewer(tenant: str) -> Viewer | None:
    """Return who reads a page of a region, with the ways to sign out and to another employment; None for nobody."""
    who = current()
    if who is None:
        return None
    to = Addresses(tenant)
    return Viewer(
        organization=who.organization_name,
        role=WORDS[who.role],
        sign_out=to.out,
        switch=to.switch if who.employments > 1 else "",
    )
