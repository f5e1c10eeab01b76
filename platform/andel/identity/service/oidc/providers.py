"""Identity providers as they are kept, read for signing in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from andel.identity.model.oidc.provider import ClientMethod, Provider, ProviderError
from andel.identity.tables import IdentityProviderRow, ProviderSecretRow
from andel.sdk.text import Text
from andel.shared.database.secrets import FOLDER_VARIABLE
from andel.shared.secretbox import SecretBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """Where the secrets of providers are: sealed in the database, in files, or in the environment.

    Attributes:
        box: opens what is sealed.
        folder: of the files; by default the one that ``ANDEL_SECRETS_DIR`` names.
    """

    box: SecretBox = field(repr=False)
    folder: Path = field(default_factory=lambda: Path(os.environ.get(FOLDER_VARIABLE) or "var/secrets"))
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def seal(self, provider: UUID, secret: str) -> bytes:
        """Return a provider's secret as the database may keep it."""
        return self.box.seal(secret, purpose=f"provider:{provider}")

    def secret_of(self, row: ProviderSecretRow | None) -> str:
        """Return a provider's secret.

        Raises:
            ProviderError: there is none where it should be.
            SecretBoxError: it was sealed under a key that is gone.
        """
        if row is not None and row.sealed is not None:
            return self.box.open(row.sealed, purpose=f"provider:{row.provider_id}")
        kind, _, name = (row.reference or "" if row else "").partition(":")
        try:
            found = self.environment[name] if kind == "env" else (self.folder / name).read_text(encoding="utf-8")
        except (KeyError, OSError) as error:
            what = Text("Inloggningens hemlighet finns inte.", "The secret of the sign-in is not there.")
            remedy = Text("Lägg in den på nytt.", "Put it there anew.")
            raise ProviderError(what, where=f"{kind}:{name}", remedy=remedy) from error
        return found.strip()


def read_provider(session: Session, key: str, vault: Vault) -> Provider | None:
    """Return a provider that is in use, by its word in addresses; None when there is none.

    Raises:
        ProviderError: it cannot be used as it is kept.
        SecretBoxError: its secret cannot be opened.
    """
    named = select(IdentityProviderRow).where(IdentityProviderRow.key == key, IdentityProviderRow.enabled)
    row = session.scalars(named).one_or_none()
    if row is None:
        return None
    return provider_of(row, vault.secret_of(session.get(ProviderSecretRow, row.id)))


def provider_of(row: IdentityProviderRow, secret: str) -> Provider:
    """Return a provider as a value.

    Raises:
        ProviderError: its settings contradict what signing in needs.
    """
    return Provider(
        id=row.id,
        key=row.key,
        title=row.title,
        issuer=row.issuer,
        client_id=row.client_id,
        secret=secret,
        organization=row.organization_id,
        organization_number=row.organization_number,
        method=ClientMethod(row.client_authentication),
        scopes=tuple(row.scopes.split()),
        key_claim=row.key_claim,
        name_claim=row.name_claim,
        organization_claim=row.organization_claim,
        role_claim=row.role_claim,
        role_map=row.role_map,
        acr=tuple(row.accepted_acr),
        step_up_acr=tuple(row.step_up_acr),
        max_age=row.max_age_seconds,
        ends_session=row.end_session,
        front_channel=row.front_channel_logout,
        back_channel=row.back_channel_logout,
    )
