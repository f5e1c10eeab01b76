"""The four regions to read, and Testlandet, a copy of Dalarna, to change."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine
from tests.app.api.world import COPY, NOW, REGION, Instance

from andel.app import ROOT, Installation
from andel.app.api import TokenGate
from andel.app.web import DatabaseRegions, create_app
from andel.identity.model.roles import Role
from andel.shared.database import Viewer, region_transaction
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.reading import read_document
from andel.tenancy.service.applying import apply


@pytest.fixture(scope="session")
def instance(peopled: DatabaseRegions) -> Instance:
    """The instance with its four regions, which nothing changes."""
    return _instance(peopled, peopled.region)


@pytest.fixture
def changeable(peopled: DatabaseRegions, region_db: Engine) -> Instance:
    """The instance with one region more, Testlandet: Dalarna's document, and nothing run."""
    document = _copy_of_dalarna()
    with region_transaction(region_db, Viewer.staff()) as session:
        apply(session, document, registry=peopled.registry, applied_by="a test")
    return _instance(peopled, lambda name: region_db if name == COPY else peopled.region(name))


@pytest.fixture
def economist(changeable: Instance) -> str:
    """A token of a program of Testlandet's own finance unit."""
    return changeable.token(COPY, REGION, Role.ECONOMIST)


def _instance(regions: DatabaseRegions, engine_of: Callable[[str], Engine]) -> Instance:
    clock: list[datetime] = [NOW]
    gate = TokenGate(engine_of=engine_of, clock=lambda: clock[0])
    app = create_app(regions, check=regions.check, now=lambda: NOW, programs=gate)
    app.testing = True
    return Instance(app=app, engine_of=engine_of, clock=clock)


def _copy_of_dalarna() -> TenantDocument:
    document = Installation(tenants_folder=ROOT / "tenants").loaded("dalarna").valid_document()
    data = json.loads(json.dumps(document.plain()))
    data["region"] |= {"key": COPY, "name": "Testlandet"}
    reading = read_document(data)
    assert reading.document is not None, reading.faults
    return reading.document
