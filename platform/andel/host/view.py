"""What one region may use: an allow-list of plugins, frozen. Code asks the view, never the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from andel.host.discovery import Registered
from andel.host.errors import NotAvailableError
from andel.host.registry import Catalogue, Registry, missing
from andel.sdk.errors import Complaint, did_you_mean
from andel.sdk.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantView:
    """The cost models of one region's enabled plugins.

    Attributes:
        tenant: the region's key.
        enabled: the names of its plugins.
        elsewhere: for models that are installed but not enabled here, the plugin that would have to be.
    """

    tenant: str
    enabled: frozenset[str]
    catalogue: Catalogue
    elsewhere: Mapping[str, str]

    @classmethod
    def of(cls, registry: Registry, tenant: str, enabled: Iterable[str]) -> TenantView:
        """Return the region's view of what is installed. What it enables and is not installed is left out."""
        names = frozenset(enabled)
        allowed = (plugin for plugin in registry.plugins if plugin.name in names)
        others = (plugin for plugin in registry.plugins if plugin.name not in names)
        elsewhere = {registered.id: plugin.name for plugin in others for registered in plugin.models}
        return cls(tenant=tenant, enabled=names, catalogue=Catalogue.of(allowed), elsewhere=MappingProxyType(elsewhere))

    def model(self, model_id: str, version: str | None = None) -> Registered:
        """Return that version of a cost model, or its latest when None.

        Raises:
            NotAvailableError: the region has not enabled it, or it is not installed.
        """
        found = self.catalogue.find(model_id, version)
        if found is not None:
            return found
        plugin = self.elsewhere.get(model_id)
        if plugin is None:
            raise missing(self.catalogue, model_id, version)
        what = Text(
            f"Kostnadsmodellen {model_id} är inte påslagen för {self.tenant}.",
            f"The cost model {model_id} is not enabled for {self.tenant}.",
        )
        remedy = Text(
            f'Lägg "{plugin}" till plugins i tenants/{self.tenant}/tenant.toml och verkställ.',
            f'Add "{plugin}" to the region\'s plugins in tenants/{self.tenant}/tenant.toml and apply it.',
        )
        raise NotAvailableError(what, where=self.tenant, remedy=remedy)

    def models(self) -> tuple[Registered, ...]:
        """Return the latest version of each model, in the order of their ids."""
        return tuple(versions[-1] for versions in self.catalogue.models.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """A version of a model that stored results were made with, and where they stand."""

    model: str
    version: str
    where: str


def complaints_of(
    registry: Registry, tenant: str, enabled: Iterable[str], stored: Iterable[StoredVersion] = ()
) -> tuple[Complaint, ...]:
    """Return why the region cannot start: plugins it enables and versions its results need that are missing.

    A stored result needs its version installed, not enabled: what a region no longer uses it still explains.
    """
    found: list[Complaint] = []
    for name in sorted(set(enabled)):
        found.extend(_not_installed(registry, tenant, name))
    for need in stored:
        if registry.catalogue.find(need.model, need.version) is None:
            error = missing(registry.catalogue, need.model, need.version)
            what = f"A stored result was made by {need.model} {need.version}, which is not installed."
            found.append(Complaint(what, f"{tenant}: {need.where}", error.complaints[0].in_language("en").remedy))
    return tuple(found)


def _not_installed(registry: Registry, tenant: str, name: str) -> Iterator[Complaint]:
    if registry.plugin(name) is not None:
        return
    where = f"{tenant}: plugins"
    refusals = registry.refusals_of(name)
    for refusal in refusals:
        yield Complaint(f'The plugin "{name}" is refused: {refusal.reason}', where, refusal.remedy)
    if not refusals:
        known = did_you_mean(name, (plugin.name for plugin in registry.plugins))
        yield Complaint(f'The plugin "{name}" is not installed.', where, known or "Install it.")
