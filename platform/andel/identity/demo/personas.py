"""Who can sign in to the demo: role titles in each organization, none of them a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from andel.identity.model.roles import MEMBERSHIP, Role
from andel.sdk.party import PartyKind
from andel.sdk.text import Text

CLAIM_PREFIX: Final = "Andel."
ROLE_MAP: Final[dict[str, str]] = {f"{CLAIM_PREFIX}{role.value}": role.value for role in MEMBERSHIP}
"""What the demo's providers say in their role claim, and what it gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Somebody by title. ``roles``: what they are in Andel; nothing for who has no access."""

    key: str
    title: Text
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrganization:
    """An organization of a region with a provider of its own."""

    tenant: str
    key: str
    name: str
    kind: PartyKind

    @property
    def path(self) -> str:
        """Where its issuer is, below the address of the demo's provider."""
        return f"{self.tenant}/{self.key}"

    @property
    def personas(self) -> tuple[Persona, ...]:
        """Return who can sign in."""
        return _REGIONAL if self.kind is PartyKind.REGION else _OF_KIND.get(self.kind, _OTHERS)

    def persona(self, key: str) -> Persona | None:
        """Return one of them."""
        return next((persona for persona in self.personas if persona.key == key), None)


def _persona(key: str, title: Text, *roles: Role) -> Persona:
    return Persona(key=key, title=title, roles=roles)


_NOBODY: Final = _persona("utan-roll", Text("Medarbetare utan roll i Andel", "Employee without a role in Andel"))
_REGIONAL: Final = (
    _persona("ekonom", Text("Ekonom", "Economist"), Role.ECONOMIST),
    _persona("licensforvaltare", Text("Licensförvaltare", "Licence manager"), Role.LICENSE_MANAGER),
    _persona("sekreterare", Text("Sekreterare", "Secretary"), Role.SECRETARY),
    _persona("forvaltningsledare", Text("Förvaltningsledare", "Manager"), Role.MANAGER),
    _persona("revisor", Text("Revisor", "Auditor"), Role.AUDITOR),
    _persona("tva-uppdrag", Text("Sekreterare och ekonom", "Secretary and economist"), Role.SECRETARY, Role.ECONOMIST),
    _NOBODY,
)
_MUNICIPAL: Final = (
    _persona("socialchef", Text("Socialchef", "Head of social services"), Role.SIGNATORY),
    _persona("ekonom", Text("Kommunekonom", "Municipal economist"), Role.VIEWER),
    _persona("systemansvarig", Text("Systemansvarig", "System manager"), Role.LICENSE_CONTACT),
    _persona("it-chef", Text("IT-chef", "Head of IT"), Role.ADMINISTRATOR),
    _NOBODY,
)
_DISTRICT: Final = (
    _persona("stadsdelsdirektor", Text("Stadsdelsdirektör", "District director"), Role.SIGNATORY),
    _persona("controller", Text("Controller", "Controller"), Role.VIEWER),
    _NOBODY,
)
_OTHERS: Final = (
    _persona("kanslichef", Text("Kanslichef", "Head of office"), Role.SIGNATORY),
    _persona("handlaggare", Text("Handläggare", "Officer"), Role.VIEWER),
    _NOBODY,
)
_OF_KIND: Final = {PartyKind.MUNICIPALITY: _MUNICIPAL, PartyKind.DISTRICT: _DISTRICT}
