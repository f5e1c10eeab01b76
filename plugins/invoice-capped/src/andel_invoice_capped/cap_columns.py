"""The caps in workings: each party's cap, what has been charged of it, what is left, and how much is used."""

from __future__ import annotations

from collections.abc import Sequence

from andel.sdk.building import whole_scalar
from andel.sdk.text import Text
from andel.sdk.workings import Column, Role, Rounding, Scalar
from andel_invoice_capped.caps import Caps, Pool
from andel_invoice_capped.ceiling import limit_scalar, price_scalars, total_formula
from andel_invoice_capped.census import PARTS, Census
from andel_invoice_capped.key import BASIS
from andel_invoice_capped.table import half_up_whole

_CAP_BASIS = "cap_inhabitants"
_OWN_LEFT = "greater(cap_total - charged_before, 0)"
_OWN_USED = "(charged_before + amount) / greater(cap_total, 1)"


def cap_scalars(caps: Caps, census: Census) -> tuple[Scalar, ...]:
    """Return the limit, and what leads from it to the caps when they follow from the same census."""
    prices = (limit_scalar(caps.table),) if caps.totals_source else price_scalars(caps.table, _basis(caps, census))
    return (*prices, *(scalar for pool in caps.pools for scalar in _pool(pool, caps)))


def _pool(pool: Pool, caps: Caps) -> tuple[Scalar, Scalar, Scalar]:
    """Return the limit that a city's districts share, what they have been charged of it, and what is left."""
    slug, name = pool.city.slug, pool.city.name
    shared = Text(f"{name}, gemensamt tak", f"{name}, shared cap")
    charged = Text(f"{name}, debiterat tidigare i avtalstiden", f"{name}, charged earlier in the term")
    left = Text(f"{name}, kvar av gemensamt tak", f"{name}, left of the shared cap")
    return (
        whole_scalar(f"{slug}_cap", shared, pool.cap, "ore", source=caps.totals_source),
        whole_scalar(f"{slug}_charged", charged, pool.charged, "ore", source=caps.charged_source),
        whole_scalar(f"{slug}_left", left, pool.left, "ore", formula=f"greater({slug}_cap - {slug}_charged, 0)"),
    )


def cap_columns(caps: Caps, census: Census) -> tuple[Column, ...]:
    """Return the caps, what was charged before, and what is left: for a district its part of the city's."""
    return (
        *_other_basis(caps, census),
        Column(
            name="cap_total",
            label=Text("Tak för avtalstiden", "Cap for the term"),
            numerators=caps.totals,
            unit="ore",
            formula="" if caps.totals_source else total_formula(_basis(caps, census)),
            rounding=Rounding.EXACT if caps.totals_source else Rounding.HALF_UP,
            source=caps.totals_source,
        ),
        Column(
            name="charged_before",
            label=Text("Debiterat tidigare i avtalstiden", "Charged earlier in the term"),
            numerators=caps.charged,
            unit="ore",
            source=caps.charged_source,
        ),
        Column(
            name="cap_left",
            label=Text("Kvar av taket", "Left of the cap"),
            numerators=caps.left,
            unit="ore",
            formula=_left_formula(caps),
            rounding=Rounding.LARGEST_REMAINDER if caps.pools else Rounding.EXACT,
            role=Role.CAP,
        ),
    )


def _basis(caps: Caps, census: Census) -> str:
    return BASIS if census is caps.table.census else _CAP_BASIS


def _other_basis(caps: Caps, census: Census) -> tuple[Column, ...]:
    """Return the inhabitants that the caps rest on, when the cost is split by those of another day."""
    if caps.totals_source or census is caps.table.census:
        return ()
    counted = caps.table.census
    basis = Column(
        name=_CAP_BASIS,
        label=Text("Invånare inkl. rest, takets dag", "Inhabitants with rest, day of the caps"),
        numerators=counted.basis,
        denominator=counted.below,
        unit="inhabitant",
        source=counted.source,
    )
    return (basis,)


def used_column(caps: Caps, amounts: Sequence[int]) -> Column:
    """Return how much of each cap is used after the period: for a district, how much of the city's."""
    rows = zip(caps.charged, amounts, caps.totals, strict=True)
    used = [half_up_whole((before + amount) * PARTS, max(cap, 1)) for before, amount, cap in rows]
    for pool in caps.pools:
        charged = pool.charged + sum(amounts[row] for row in pool.city.rows)
        for row in pool.city.rows:
            used[row] = half_up_whole(charged * PARTS, max(pool.cap, 1))
    return Column(
        name="cap_used",
        label=Text("Använt av taket", "Used of the cap"),
        numerators=tuple(used),
        denominator=PARTS,
        unit="share",
        formula=_used_formula(caps),
        rounding=Rounding.HALF_UP,
    )


def _left_formula(caps: Caps) -> str:
    shared = [f"largest_remainder({p.city.slug}_left, {BASIS} * in_{p.city.slug})" for p in caps.pools]
    return " + ".join([*shared, f"{_alone(caps)}{_OWN_LEFT}"])


def _used_formula(caps: Caps) -> str:
    shared = [
        f"in_{p.city.slug} * ({p.city.slug}_charged + sum(amount * in_{p.city.slug})) / greater({p.city.slug}_cap, 1)"
        for p in caps.pools
    ]
    return f"half_up({' + '.join([*shared, f'{_alone(caps)}{_OWN_USED}'])}, 4)"


def _alone(caps: Caps) -> str:
    """Return the factor that is 0 for the districts of a pool, 1 for all others."""
    return f"(1 - {' - '.join(f'in_{pool.city.slug}' for pool in caps.pools)}) * " if caps.pools else ""
