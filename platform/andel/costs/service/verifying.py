"""Verify a saved result: its digest, the formulas of its workings, and the model computing it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from andel.costs.model.result import Result, read_result
from andel.host.facade import Facade
from andel.host.registry import Registry
from andel.host.settings import read_settings
from andel.sdk.demands import CHECKS, Subject, examine
from andel.sdk.errors import AndelError
from andel.sdk.replay import replay


class Verdict(StrEnum):
    """What a check came to. ``UNKNOWN``: the model's version is not installed, so nobody can tell."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a saved result, in words that say what differs."""

    name: str
    verdict: Verdict
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result as it was saved, and what each check says of it."""

    result: Result
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether every check says that the result is the same."""
        return all(check.verdict is Verdict.SAME for check in self.checks)


def verify(saved: Mapping[str, Any], registry: Registry, facade: Facade | None = None) -> Verification:
    """Check a saved result against its digest, its own formulas and its model.

    Raises:
        CostError: it is no saved result.
        WorkingsError: the workings in it are malformed.
    """
    result = read_result(saved)
    checks = checks_of(result, str(saved.get("digest", "")), registry, facade or Facade())
    return Verification(result=result, checks=checks)


def checks_of(result: Result, stated: str, registry: Registry, facade: Facade) -> tuple[Check, ...]:
    """Check a result that was kept: against the digest it is known by, its own formulas and its model."""
    return _digest(result, stated), _conserved(result), _formulas(result), _again(result, registry, facade)


def _digest(result: Result, stated: str) -> Check:
    if result.digest == stated:
        return Check(name="digest", verdict=Verdict.SAME, words=result.digest)
    words = f"It is kept under {stated or 'no digest'}, its content gives {result.digest}."
    return Check(name="digest", verdict=Verdict.DIFFERENT, words=words)


def _conserved(result: Result) -> Check:
    """Examine the amounts as the host does, but for the model's promises, which the model itself must state."""
    subject = Subject(request=result.request, result=result.allocation, promised=frozenset())
    found = examine(subject, CHECKS)
    if found is None:
        return Check(name="money", verdict=Verdict.SAME, words="The amounts add up and stand in the workings.")
    return Check(name="money", verdict=Verdict.DIFFERENT, words=f"{found[0]}: {found[1].en}.")


def _formulas(result: Result) -> Check:
    try:
        mismatches = replay(result.allocation.workings)
    except AndelError as error:
        return Check(name="formulas", verdict=Verdict.DIFFERENT, words=str(error))
    if mismatches:
        words = "; ".join(str(mismatch) for mismatch in mismatches[:3])
        more = f" and {len(mismatches) - 3} more" if len(mismatches) > 3 else ""  # noqa: PLR2004  (as many as shown)
        return Check(name="formulas", verdict=Verdict.DIFFERENT, words=words + more)
    return Check(name="formulas", verdict=Verdict.SAME, words="Every value follows from its formula.")


def _again(result: Result, registry: Registry, facade: Facade) -> Check:
    registered = registry.catalogue.find(result.model, result.version)
    if registered is None:
        words = f"{result.model} {result.version} is not installed: install it to compute the result again."
        return Check(name="model", verdict=Verdict.UNKNOWN, words=words)
    try:
        settings = read_settings(registered, result.settings)
        answered = facade.allocate(registered, result.request, settings)
    except AndelError as error:
        return Check(name="model", verdict=Verdict.DIFFERENT, words=f"The model refuses it now: {error}")
    now = Result(
        request=result.request,
        model=result.model,
        version=result.version,
        settings=settings.plain(),
        allocation=answered.allocation,
    )
    if now.digest == result.digest:
        return Check(name="model", verdict=Verdict.SAME, words=f"{result.model} {result.version} computes the same.")
    changed = [
        f"{share.party} {share.amount} (was {result.allocation.amount_of(share.party)})"
        for share in now.allocation.shares
        if share.amount != result.allocation.amount_of(share.party)
    ]
    words = f"{result.model} {result.version} computes another result: {'; '.join(changed[:3]) or 'other workings'}."
    return Check(name="model", verdict=Verdict.DIFFERENT, words=words)
