from __future__ import annotations

from pathlib import Path

import pytest

from andel.app import ROOT, Installation
from andel.costs.model import RegionBook
from andel.costs.service.allocating import Allocator


@pytest.fixture(scope="session")
def instance() -> Installation:
    return Installation(tenants_folder=Path(ROOT / "tenants"))


@pytest.fixture(scope="session")
def dalarna(instance: Installation) -> RegionBook:
    return instance.book("dalarna")


@pytest.fixture
def allocator(instance: Installation, dalarna: RegionBook) -> Allocator:
    return Allocator(dalarna, instance.view("dalarna"))
