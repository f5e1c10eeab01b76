"""A region with two municipalities, each with a provider and a directory's token."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert
from tests.identity.service.scim.world import World, town

from andel.parties.tables import OrganizationRow, ProfileRow
from andel.shared.database import Viewer, gate_transaction, new_id, region_transaction


@pytest.fixture
def world(region_db: Engine) -> World:
    """A region named prov, and two municipalities."""
    keys = ("region-prov", "alby", "byn")
    ids = [new_id() for _ in keys]
    with region_transaction(region_db, Viewer.staff()) as session:
        kinds = ("region", "municipality", "municipality")
        rows = [
            {"id": made, "key": key, "name": key.title(), "kind": kind, "source": "test"}
            for made, key, kind in zip(ids, keys, kinds, strict=True)
        ]
        session.execute(insert(OrganizationRow), rows)
        session.add(ProfileRow(key="prov", name="Prov", code="99", colours={}, source="test", organization_id=ids[0]))
    with gate_transaction(region_db) as session:
        region, first, second = (town(session, made, key) for made, key in zip(ids, keys, strict=True))
    return World(region_db, region, first, second)
