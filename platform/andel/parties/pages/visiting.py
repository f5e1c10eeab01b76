"""A visit to one region: its open database while a page reads, and what surrounds the page when it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from flask import g
from sqlalchemy.orm import Session

from andel.host.view import TenantView
from andel.parties.pages.regions import NotHereError, RegionEmptyError, Regions
from andel.parties.service import Profile, read_profile, read_weights
from andel.sdk.errors import did_you_mean
from andel.sdk.party import PartyError
from andel.sdk.text import Text
from andel.shared.charts import Segment
from andel.shared.formats import Language
from andel.shared.web import Palette, Region
from andel.shared.web.palette import PaletteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every page of a region shows around itself.

    Attributes:
        weights: the inhabitants of each party by its key, which the strip at the top is cut by.
    """

    profile: Profile
    weights: dict[str, int]

    @property
    def region(self) -> Region:
        """The name and the colours; colours that cannot be read give way to the neutral ones."""
        language: Language = "en" if self.profile.language == "en" else "sv"
        return Region(name=self.profile.name, palette=palette_of(self.profile) or "instans", language=language)

    def strip(self, own: Iterable[str] = ()) -> tuple[Segment, ...]:
        """Return the strip of shares, with the party or parties of the page filled."""
        filled = frozenset(own)
        return tuple(Segment(count, "own" if key in filled else "o") for key, count in self.weights.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An open visit; the session lives as long as the ``with`` around it."""

    tenant: str
    session: Session
    profile: Profile
    regions: Regions

    def view(self) -> TenantView:
        """Return what the region may use."""
        return self.regions.view(self.tenant, self.session)


@contextmanager
def visiting(regions: Regions, tenant: str, *, writing: bool = False) -> Iterator[Visit]:
    """Visit a region: open its database, and let the frame of the page be the region's.

    Raises:
        UnknownRegionError: there is no such region.
        RegionUnavailableError, RegionBehindError: its database is gone, or older than this version needs.
        RegionEmptyError: nothing has been applied to the database.
    """
    with regions.open(tenant, writing=writing) as session:
        profile = profile_of(session, tenant)
        g.andel_surroundings = Surroundings(profile=profile, weights=read_weights(session))
        yield Visit(tenant=tenant, session=session, profile=profile, regions=regions)


def profile_of(session: Session, tenant: str) -> Profile:
    """Return who the region is.

    Raises:
        RegionEmptyError: nothing has been applied to the database.
    """
    try:
        return read_profile(session)
    except PartyError as error:
        raise RegionEmptyError.about(tenant) from error


def surroundings() -> Surroundings | None:
    """Return the surroundings of the region that the request visits, None when it visits none yet."""
    return cast("Surroundings | None", g.get("andel_surroundings"))


def mark_own(parties: Iterable[str]) -> None:
    """Let the strip at the top fill the shares of these parties."""
    g.andel_own = tuple(parties)


def marked() -> tuple[str, ...]:
    """Return the parties whose shares the strip fills."""
    return cast("tuple[str, ...]", g.get("andel_own", ()))


def palette_of(profile: Profile) -> Palette | None:
    """Return the region's colours, None when they are missing or cannot be read."""
    try:
        return Palette(**profile.colours)
    except (PaletteError, TypeError):
        return None


def not_here(
    what: Text, asked: str, known: Iterable[tuple[str, str]], *, kind: type[NotHereError] = NotHereError
) -> NotHereError:
    """Return the 404 for a key that is not among the known (key, name): with the name that was probably meant."""
    names = dict(known)
    near = did_you_mean(asked, names)
    meant = next((key for key in names if f'"{key}"' in near), None)
    if meant is None:
        return kind(what, where=asked)
    remedy = Text(f'Menade du {names[meant]} ("{meant}")?', f'Did you mean {names[meant]} ("{meant}")?')
    return kind(what, where=asked, remedy=remedy)
