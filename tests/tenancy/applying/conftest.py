"""The four regions as documents, and a way to apply them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from andel.host.registry import Registry
from andel.shared.database import Viewer, region_transaction
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.service.applying import Applied, apply
from andel.tenancy.service.loading import load_tenant

TENANTS = Path(__file__).parents[3] / "tenants"
REGIONS = ("dalarna", "skane", "stockholm", "vastragotaland")

Apply = Callable[..., Applied]


@pytest.fixture(scope="session")
def documents(registry: Registry) -> dict[str, TenantDocument]:
    """The regions kept as files, by name."""
    return {name: load_tenant(TENANTS, name, registry).valid_document() for name in REGIONS}


@pytest.fixture
def applied(registry: Registry) -> Apply:
    """Return what applies a document in a transaction of its own."""

    def run(engine: Engine, document: TenantDocument, *, allow_deletion: bool = False) -> Applied:
        with region_transaction(engine, Viewer.staff()) as session:
            return apply(session, document, registry=registry, applied_by="a test", allow_deletion=allow_deletion)

    return run
