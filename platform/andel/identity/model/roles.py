"""The roles that people have, and whose data each of them sees."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from andel.sdk.text import Text


class Role(StrEnum):
    """What somebody is in an organization. The first four are of municipalities, the next five of the region.

    An ``OPERATOR`` belongs to the instance and to no region: no membership gives it.
    """

    VIEWER = "viewer"
    ADMINISTRATOR = "administrator"
    LICENSE_CONTACT = "license-contact"
    SIGNATORY = "signatory"
    ECONOMIST = "economist"
    LICENSE_MANAGER = "license-manager"
    SECRETARY = "secretary"
    MANAGER = "manager"
    AUDITOR = "auditor"
    OPERATOR = "operator"


MUNICIPAL: Final = (Role.VIEWER, Role.ADMINISTRATOR, Role.LICENSE_CONTACT, Role.SIGNATORY)
"""Roles that see what is their organization's own, and what is shared in the region."""

REGIONAL: Final = (Role.ECONOMIST, Role.LICENSE_MANAGER, Role.SECRETARY, Role.MANAGER, Role.AUDITOR)
"""Roles that see every organization of the region: a membership of the region itself alone can give them."""

MEMBERSHIP: Final = MUNICIPAL + REGIONAL
"""Every role that a membership can give."""

WORDS: Final[dict[Role, Text]] = {
    Role.VIEWER: Text("läsare", "viewer"),
    Role.ADMINISTRATOR: Text("organisationsadministratör", "organization administrator"),
    Role.LICENSE_CONTACT: Text("licenskontakt", "license contact"),
    Role.SIGNATORY: Text("firmatecknare", "signatory"),
    Role.ECONOMIST: Text("ekonom", "economist"),
    Role.LICENSE_MANAGER: Text("licensförvaltare", "license manager"),
    Role.SECRETARY: Text("sekreterare", "secretary"),
    Role.MANAGER: Text("förvaltningsledare", "manager"),
    Role.AUDITOR: Text("revisor", "auditor"),
    Role.OPERATOR: Text("driftoperatör", "operator"),
}
