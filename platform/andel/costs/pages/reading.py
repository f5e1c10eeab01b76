"""What most pages of costs read: the region's book, and what allocates from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from andel.costs.model import CostComponent, RegionBook, Service
from andel.costs.pages.addresses import Addresses
from andel.costs.service.allocating import Allocator
from andel.costs.service.reading import read_book
from andel.host.registry import Registry
from andel.host.view import TenantView
from andel.parties.pages import Regions, not_here, visiting
from andel.sdk.text import Text
from andel.shared.i18n import language

FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A region that is being read."""

    tenant: str
    session: Session
    book: RegionBook
    view: TenantView
    allocator: Allocator
    registry: Registry

    @property
    def to(self) -> Addresses:
        """Where its pages are."""
        return Addresses(self.tenant)

    def service(self, key: str) -> Service:
        """Return a service.

        Raises:
            NotHereError: the region has none of that key; with the one that was probably meant.
        """
        found = next((one for one in self.book.services if one.key == key), None)
        if found is None:
            what = Text(f"{self.book.title} har ingen tjänst {key}.", f"{self.book.title} has no service {key}.")
            raise not_here(what, key, ((one.key, one.title.in_language(language())) for one in self.book.services))
        return found

    def component(self, service: Service, key: str) -> CostComponent:
        """Return a cost component of the service.

        Raises:
            NotHereError: the service has none of that key.
        """
        found = next((one for one in service.components if one.key == key), None)
        if found is None:
            what = Text(f"Tjänsten har ingen kostnadsdel {key}.", f"The service has no cost component {key}.")
            raise not_here(what, key, ((one.key, one.title.in_language(language())) for one in service.components))
        return found


@contextmanager
def reading(regions: Regions, tenant: str) -> Iterator[Reading]:
    """Open a region and read its book.

    Raises:
        UnknownRegionError, RegionUnavailableError, RegionBehindError, RegionEmptyError: as ``visiting``.
    """
    with visiting(regions, tenant) as visit:
        book, view = read_book(visit.session), visit.view()
        yield Reading(
            tenant=tenant,
            session=visit.session,
            book=book,
            view=view,
            allocator=Allocator(book, view),
            registry=regions.registry,
        )


def asked_year(asked: str | None, years: tuple[int, ...], today: int) -> int:
    """Return the year that a page shows: the one asked for, else today's, else the known one nearest to it."""
    if asked is not None and asked.isascii() and asked.isdecimal() and FIRST_YEAR <= int(asked) <= LAST_YEAR:
        return int(asked)
    return today if today in years else min(years, key=lambda year: abs(year - today))


def window(years: tuple[int, ...], year: int) -> tuple[int, ...]:
    """Return the year with the known years next to it, three at most."""
    known = sorted({*years, year})
    at = known.index(year)
    first = max(0, min(at - 1, len(known) - 3))
    return tuple(known[first : first + 3])
