"""A small region that is valid, for tests to spoil one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from andel.host.registry import Registry, build_registry
from andel.tenancy.model.faults import Fault
from andel.tenancy.service.loading import LoadedTenant, load_tenant

TENANT = """\
format = 1
plugins = ["per-capita", "direct-usage"]

[region]
key = "prov"
organization = "region-prov"
code = "99"
name = "Region Prov"
organization_number = "232100-0180"
source = "A printed page"

[region.colours]
accent = "#0b5580"
fill = "#0b5580"
mid = "#5f97b8"
tint = "#e2eef5"

[[groups]]
key = "kommuner"
title = "Kommunerna"
source = "A printed page"
members = ["alby", "byn", "gamla-byn"]

[[successions]]
predecessors = ["gamla-byn"]
successor = "byn"
on = 2025-01-01
source = "A printed page"

[[facts]]
name = "inhabitants"
unit = "inhabitant"
reference_date = 2025-12-31
file = "facts/inhabitants.csv"
source = { title = "A printed page" }
control_total = 3000

[[services]]
key = "tjanst"
title = { sv = "Tjänst", en = "Service" }
bearer = { sv = "Kommunerna", en = "The municipalities" }
source = { title = "A printed page" }

[[services.components]]
key = "drift"
title = { sv = "Drift", en = "Operation" }
model = "per-capita"
basis = "budget"
parties = ["kommuner"]

[[services.components.settings]]
valid_from = 2026-01-01
version = "1.0.0"
source = { title = "A printed page" }

[services.components.settings.values]
counted_on = "12-31"
groups = [
    { name = "Regionen", part = "50 %", kinds = ["region"] },
    { name = "Kommunerna", part = "50 %", members = ["alby", "byn"] },
]

[[services.components.costs]]
year = 2026
amount = "1000"
source = { example = true }
"""

ORGANIZATIONS = """\
key,name,kind,code,organization_number,authority,valid_from,valid_to,source
alby,Alby,municipality,9901,,,,,A printed page
byn,Byn,municipality,9902,,,2025-01-01,,A printed page
gamla-byn,Gamla byn,district,,,alby,,2025-01-01,A printed page
"""

INHABITANTS = """\
organization,value,reference_date,source
alby,1000,2025-12-31,A printed page
byn,2000,2025-12-31,A printed page
"""


@dataclass(frozen=True)
class RegionFolder:
    """A region's folder that tests write in."""

    tenants: Path
    registry: Registry
    name: str = "prov"

    @property
    def root(self) -> Path:
        """The region's own folder."""
        return self.tenants / self.name

    def write(self, file: str, content: str | bytes) -> None:
        """Write a file as it is given."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the one place where ``old`` stands."""
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def line(self, file: str, words: str) -> int:
        """Return the number of the first line that holds the words."""
        lines = (self.root / file).read_text(encoding="utf-8").split("\n")
        return next(number for number, line in enumerate(lines, 1) if words in line)

    def load(self) -> LoadedTenant:
        """Load it, with trial allocations."""
        return load_tenant(self.tenants, self.name, self.registry, trial=True)

    def faults(self) -> tuple[Fault, ...]:
        """Return all that is wrong."""
        return self.load().faults

    def fault(self) -> Fault:
        """Return the only thing that is wrong, which has a place and a remedy."""
        found = self.faults()
        assert len(found) == 1, [str(fault.complaint()) for fault in found]
        assert found[0].place.file
        assert found[0].remedy
        return found[0]


@pytest.fixture(scope="session")
def registry() -> Registry:
    """What is installed here."""
    return build_registry()


@pytest.fixture
def region(tmp_path: Path, registry: Registry) -> RegionFolder:
    """A valid region of two municipalities."""
    return _region(tmp_path / "tenants", registry)


@pytest.fixture
def new_region(registry: Registry) -> Callable[[Path], RegionFolder]:
    """Make a valid region in a folder of the test's choice."""
    return lambda tenants: _region(tenants, registry)


def _region(tenants: Path, registry: Registry) -> RegionFolder:
    folder = RegionFolder(tenants, registry)
    folder.write("tenant.toml", TENANT)
    folder.write("organizations.csv", ORGANIZATIONS)
    folder.write("facts/inhabitants.csv", INHABITANTS)
    return folder
