"""Everything that must hold in a document for its costs to be allocated, checked in one go."""

from __future__ import annotations

from andel.host.facade import Facade
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.tenancy.model.checks.facts import check_facts
from andel.tenancy.model.checks.parties import check_parties
from andel.tenancy.model.checks.region import check_region
from andel.tenancy.model.checks.services import check_services
from andel.tenancy.model.checks.subject import Subject
from andel.tenancy.model.faults import Fault, Path
from andel.tenancy.model.reading import Reading


def check_document(
    reading: Reading,
    registry: Registry,
    *,
    facade: Facade | None = None,
    also_known: frozenset[str] = frozenset(),
    unsure: frozenset[Path] = frozenset(),
) -> tuple[Fault, ...]:
    """Return every fault between the parts of a document that has been read.

    Args:
        reading: what became of the data; the paths of the faults are those of the data as given.
        registry: what is installed.
        facade: through which models are asked what facts they need.
        also_known: keys of organizations that were set aside for another fault.
        unsure: paths, in the data as given, of which not all could be read.
    """
    document = reading.document
    if document is None:
        return ()
    holes = reading.dropped | unsure

    def certain(path: Path) -> bool:
        given = reading.given(path)
        return not any(hole[: len(given)] == given or given[: len(hole)] == hole for hole in holes)

    subject = Subject(
        document=document,
        registry=registry,
        view=TenantView.of(registry, document.region.key, document.plugins),
        facade=facade or Facade(),
        known=None if unsure & {(), ("organizations",)} else document.organization_keys() | also_known,
        certain=certain,
    )
    found = (*check_region(subject), *check_parties(subject), *check_facts(subject), *check_services(subject))
    return tuple(
        Fault(what=one.what, path=reading.given(one.path), remedy=one.remedy, place=one.place, key=one.key)
        for one in found
    )
