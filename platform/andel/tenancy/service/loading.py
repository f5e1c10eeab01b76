"""Load a region from its folder: read, check, try, and either a book to allocate from or every fault at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from andel.costs.model import RegionBook
from andel.host.facade import Facade
from andel.host.registry import Registry
from andel.sdk.errors import did_you_mean
from andel.tenancy.model.book import book_of
from andel.tenancy.model.document import TenantDocument
from andel.tenancy.model.faults import Fault, Place, error_of, located
from andel.tenancy.model.reading import read_document
from andel.tenancy.model.validation import check_document
from andel.tenancy.model.words import is_key
from andel.tenancy.service.files import TENANT_FILE, read_folder
from andel.tenancy.service.trial import failing_allocations


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTenant:
    """A region's folder as it was found.

    Attributes:
        name: the folder's name, which is the tenant's key.
        document: what could be read; None when not even the form of the whole could.
        faults: everything that is wrong, by file and line; empty for a region that can be used.
    """

    name: str
    document: TenantDocument | None
    faults: tuple[Fault, ...]

    def valid_document(self) -> TenantDocument:
        """Return the document.

        Raises:
            TenantError: something is wrong; with every fault.
        """
        if self.faults or self.document is None:
            raise error_of(self.faults)
        return self.document

    def book(self) -> RegionBook:
        """Return what the region's allocations are made from.

        Raises:
            TenantError: something is wrong; with every fault.
        """
        return book_of(self.valid_document())


def tenant_names(tenants: FilePath) -> tuple[str, ...]:
    """Return the names of the folders in the folder of all tenants that hold a region."""
    if not tenants.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in tenants.iterdir() if entry.is_dir() and not entry.name.startswith(".")))


def load_tenant(
    tenants: FilePath, name: str, registry: Registry, *, facade: Facade | None = None, trial: bool = False
) -> LoadedTenant:
    """Load one region of the folder of all tenants. Nothing outside the region's own folder is read.

    With ``trial``, every allocation that the document has amounts for is also made once.
    """
    known = tenant_names(tenants)
    if not is_key(name) or name not in known:
        what = f'There is no region "{name}".'
        remedy = did_you_mean(name, known) or "A region is a folder that holds tenant.toml."
        fault = Fault(what=what, remedy=remedy, place=Place(file=tenants.as_posix()), key=name)
        return LoadedTenant(name=name, document=None, faults=(fault,))
    caller = facade or Facade()
    files = read_folder(tenants / name)
    reading = read_document(files.data)
    document = reading.document
    faults = [*files.faults, *reading.faults]
    faults += check_document(
        reading, registry, facade=caller, also_known=_organization_keys(files.data), unsure=files.unsure
    )
    if document is not None and document.region.key != name and not any(one.path[:1] == ("region",) for one in faults):
        faults += _another_name(document.region.key, name) if () not in files.unsure else ()
    if trial and document is not None and not faults:
        faults += failing_allocations(document, registry, caller)
    return LoadedTenant(name=name, document=document, faults=located(faults, files.places, files.data))


def _organization_keys(data: dict[str, object]) -> frozenset[str]:
    rows = data.get("organizations")
    keys = [row.get("key") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return frozenset(key for key in keys if isinstance(key, str))


def _another_name(key: str, folder: str) -> tuple[Fault, ...]:
    what = f'The region is called "{key}", its folder "{folder}".'
    return (Fault(what=what, path=("region", "key"), remedy=f"Give {TENANT_FILE} and the folder the same name."),)
