"""What Andel knows of one identity provider of one organization."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from andel.sdk.errors import AndelError, Complaint
from andel.sdk.text import Text

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Signatures that an ID token may have: asymmetric alone. With a shared secret, whoever can check could also sign."""

NO_KEY: Final = frozenset({
    "email", "preferred_username", "upn", "unique_name", "name", "nickname", "given_name", "family_name",
    "phone_number", "personalIdentityNumber", "personal_number", "personnummer", "socialSecurityNumber",
    "https://id.oidc.se/claim/personalIdentityNumber", "https://id.oidc.se/claim/coordinationNumber",
})  # fmt: skip
"""Claims that never key a person: they move to another person, change, or are personal identity numbers."""


class ClientMethod(StrEnum):
    """How Andel proves at the token endpoint that it is itself."""

    SHARED = "secret"
    PRIVATE_KEY = "private_key_jwt"


class ProviderError(AndelError):
    """The settings of an identity provider contradict what signing in needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One way of signing in.

    Attributes:
        id: its row.
        key: its word in addresses; the redirect URI holds it, so each provider has one of its own.
        organization: whose provider it is.
        organization_number: ``NNNNNN-NNNN``, what ``organization_claim`` must say.
        secret: the client secret, or the private key as PEM.
        key_claim: the claim that persons are keyed on together with ``id``; never an address or a name.
        name_claim: the claim with the words that a person is shown by; empty for none.
        role_claim: the claim whose values ``role_map`` turns into roles.
        acr: the levels of assurance that suffice to sign in; empty: any.
        step_up_acr: the levels that suffice to sign and to finalize; empty: those of ``acr``.
        max_age: how many seconds ago the provider may have seen the person; None: as the provider likes.
        ends_session: whether signing out here signs out there. The others: logout that the provider begins.
    """

    id: UUID
    key: str
    title: str
    issuer: str
    client_id: str
    secret: str = field(repr=False)
    organization: UUID
    organization_number: str = ""
    method: ClientMethod = ClientMethod.SHARED
    scopes: tuple[str, ...] = ("openid",)
    key_claim: str = "sub"
    name_claim: str = "name"
    organization_claim: str = ""
    role_claim: str = "roles"
    role_map: Mapping[str, object] = field(default_factory=dict)
    acr: tuple[str, ...] = ()
    step_up_acr: tuple[str, ...] = ()
    max_age: int | None = None
    ends_session: bool = True
    front_channel: bool = False
    back_channel: bool = False
    algorithms: tuple[str, ...] = ALGORITHMS

    def __post_init__(self) -> None:
        faults = [complaint for complaint in _faults(self) if complaint]
        if faults:
            raise ProviderError.of(faults)

    def wanted_acr(self, *, step_up: bool) -> tuple[str, ...]:
        """Return the levels of assurance that suffice, empty for any."""
        return (self.step_up_acr or self.acr) if step_up else self.acr


def _faults(provider: Provider) -> tuple[Complaint | None, ...]:
    foreign = sorted(set(provider.algorithms) - set(ALGORITHMS))
    no_key = {claim.rpartition("/")[2] for claim in NO_KEY} | NO_KEY
    return (
        _unless(
            provider.key_claim not in no_key and bool(provider.key_claim),
            Text(
                f'"{provider.key_claim}" kan inte vara nyckel för personer.',
                f'"{provider.key_claim}" cannot key persons.',
            ),
            "key_claim",
            Text(
                "Välj ett värde som aldrig byter ägare: sub, oid, employeeHsaId.",
                "Choose a claim that never changes its owner: sub, oid, employeeHsaId.",
            ),
        ),
        _unless(
            "openid" in provider.scopes,
            Text("Utan openid ges ingen identitet.", "Without openid no identity is given."),
            "scopes",
            Text("Lägg till openid.", "Add openid."),
        ),
        _unless(
            bool(provider.algorithms) and not foreign,
            Text(
                f"Signaturer som inte kan godtas: {', '.join(foreign) or 'inga alls'}.",
                f"Signatures that cannot be accepted: {', '.join(foreign) or 'none at all'}.",
            ),
            "algorithms",
            Text(f"Välj bland {', '.join(ALGORITHMS)}.", f"Choose among {', '.join(ALGORITHMS)}."),
        ),
        _unless(
            not provider.organization_claim or bool(provider.organization_number),
            Text("Organisationen har inget nummer att jämföra med.", "The organization has no number to compare with."),
            "organization_number",
            Text("Ange organisationens nummer, NNNNNN-NNNN.", "Give the organization's number, NNNNNN-NNNN."),
        ),
    )


def _unless(holds: bool, what: Text, where: str, remedy: Text) -> Complaint | None:  # noqa: FBT001  (the condition itself)
    return None if holds else Complaint(what, where, remedy)
