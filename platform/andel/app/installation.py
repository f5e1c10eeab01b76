"""What an instance has at hand: the installed plugins, and the regions kept as files."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from andel.costs.model import RegionBook
from andel.host.registry import Registry, build_registry
from andel.host.view import TenantView
from andel.tenancy.service.loading import LoadedTenant, load_tenant, tenant_names

ROOT = Path(__file__).resolve().parents[3]
"""The project's folder: ``tenants`` and ``var`` stand in it."""


@dataclass(frozen=True)
class Installation:
    """What the commands work on."""

    tenants_folder: Path = field(default_factory=lambda: Path(os.environ.get("ANDEL_TENANTS", ROOT / "tenants")))

    @cached_property
    def registry(self) -> Registry:
        """What is installed, found when it is first asked for."""
        return build_registry()

    @cached_property
    def _loaded(self) -> dict[str, LoadedTenant]:
        return {}

    def loaded(self, name: str) -> LoadedTenant:
        """Return a region's folder as it was found when it was first asked for."""
        if name not in self._loaded:
            self._loaded[name] = load_tenant(self.tenants_folder, name, self.registry)
        return self._loaded[name]

    def names(self) -> tuple[str, ...]:
        """Return the names of the regions kept as files."""
        return tenant_names(self.tenants_folder)

    def book(self, name: str) -> RegionBook:
        """Return what the region's allocations are made from."""
        return self.loaded(name).book()

    def view(self, name: str) -> TenantView:
        """Return what the region may use."""
        return TenantView.of(self.registry, name, self.loaded(name).valid_document().plugins)

    def enabled(self) -> dict[str, list[str]]:
        """Return the regions that enable a plugin, by the plugin's name."""
        found: dict[str, list[str]] = {}
        for name in self.names():
            document = self.loaded(name).document
            for plugin in document.plugins if document else ():
                found.setdefault(plugin, []).append(name)
        return found
