"""What providers say about themselves and their keys, remembered for a while by each process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Generic, TypeVar

from andel.identity.model.oidc.checks import Check
from andel.identity.model.oidc.keys import Jwk, keys_of
from andel.identity.model.oidc.metadata import METADATA_CHECKS, Document, Metadata, discovery_address, metadata_of
from andel.identity.model.oidc.refusals import RefusedError
from andel.identity.service.oidc.fetching import Fetcher

T = TypeVar("T")
K = TypeVar("K")

METADATA_AGE: Final = 3600.0
KEYS_AGE: Final = 900.0
FAILURE_AGE: Final = 5.0
LATEST: Final = 24 * 3600.0
"""How many seconds something stays in use when nothing newer can be fetched."""
MOST: Final = 256
"""How many providers a process remembers."""


@dataclass(slots=True)
class Budget:
    """How often something may be done: ``burst`` times at once, and once more for every ``seconds`` that pass."""

    burst: int
    seconds: float
    _left: float = field(init=False, default=-1.0)
    _at: float = field(init=False, default=0.0)

    def take(self, now: float) -> bool:
        """Return whether it may be done now, and count it."""
        left = self.burst if self._left < 0 else min(self.burst, self._left + (now - self._at) / self.seconds)
        self._left, self._at = (left - 1, now) if left >= 1 else (left, now)
        return left >= 1


@dataclass(slots=True)
class _Known(Generic[T]):
    value: T
    since: float


class Remembered(Generic[T]):
    """Values by name with an age; when the next one cannot be had, the last one serves a while longer.

    A failure is remembered for some seconds as well: nobody keeps the process waiting by asking again and again.
    """

    def __init__(self, age: float, clock: Callable[[], float]) -> None:
        self._age, self._clock = age, clock
        self._known: OrderedDict[str, _Known[T]] = OrderedDict()
        self._failed: OrderedDict[str, _Known[RefusedError]] = OrderedDict()
        self._lock = Lock()

    def get(self, name: str, make: Callable[[], T]) -> T:
        """Return the value, made anew when it has come of age.

        Raises:
            RefusedError: it cannot be made, and there is none that could still serve.
        """
        with self._lock:
            known, failed = self._known.get(name), self._failed.get(name)
        now = self._clock()
        if known and now - known.since < self._age:
            return known.value
        lasting = known if known and now - known.since < LATEST else None
        if failed and now - failed.since < FAILURE_AGE:
            if lasting:
                return lasting.value
            raise RefusedError(failed.value.reason, failed.value.detail)
        try:
            return self.renew(name, make)
        except RefusedError as error:
            self._keep(self._failed, name, error)
            if lasting:
                return lasting.value
            raise

    def renew(self, name: str, make: Callable[[], T]) -> T:
        """Make the value anew, whatever its age."""
        value = make()
        self._keep(self._known, name, value)
        return value

    def _keep(self, place: OrderedDict[str, _Known[K]], name: str, value: K) -> None:
        with self._lock:
            place[name] = _Known(value, self._clock())
            place.move_to_end(name)
            while len(place) > MOST:
                place.popitem(last=False)


class Directory:
    """The metadata and keys of every provider that this process has met.

    Unknown keys are fetched again at once, but not more often than the budget of the asking purpose allows: tokens
    that anybody may send to the logout address never use up what sign-ins need.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        checks: tuple[Check[Document], ...] = METADATA_CHECKS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.fetcher = fetcher
        self._checks, self._clock = checks, clock
        self._metadata: Remembered[Metadata] = Remembered(METADATA_AGE, clock)
        self._keys: Remembered[tuple[Jwk, ...]] = Remembered(KEYS_AGE, clock)
        self._budgets: OrderedDict[tuple[str, str], Budget] = OrderedDict()

    def metadata(self, issuer: str) -> Metadata:
        """Return what a provider says about itself.

        Raises:
            RefusedError: it cannot be had, or does not pass the checks.
        """
        return self._metadata.get(issuer, lambda: self._read(issuer))

    def keys(self, address: str) -> tuple[Jwk, ...]:
        """Return a provider's keys, from its ``jwks_uri``.

        Raises:
            RefusedError: they cannot be had.
        """
        return self._keys.get(address, lambda: self._read_keys(address))

    def fresh_keys(self, address: str, purpose: str) -> tuple[Jwk, ...] | None:
        """Return the keys as they are this moment; None when that was asked for too often.

        Raises:
            RefusedError: they cannot be had.
        """
        budget = self._budgets.setdefault((address, purpose), Budget(burst=2, seconds=30.0))
        while len(self._budgets) > 2 * MOST:
            self._budgets.popitem(last=False)
        if not budget.take(self._clock()):
            return None
        return self._keys.renew(address, lambda: self._read_keys(address))

    def _read(self, issuer: str) -> Metadata:
        raw = self.fetcher.get(discovery_address(issuer))
        document = Document(raw=raw, issuer=issuer, development=self.fetcher.development)
        return metadata_of(document, self._checks)

    def _read_keys(self, address: str) -> tuple[Jwk, ...]:
        return keys_of(self.fetcher.get(address))
