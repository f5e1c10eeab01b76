"""How often a program may ask: a token bucket, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_MINUTE: Final = 60_000_000  # microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a bucket allows: ``burst`` requests at once, and ``per_minute`` in the long run."""

    burst: int
    per_minute: int

    @property
    def capacity(self) -> int:
        """The level of a full bucket; a request costs ``_MINUTE``, and a microsecond adds ``per_minute``."""
        return self.burst * _MINUTE


@dataclass(frozen=True, slots=True)
class Bucket:
    """How full a bucket was at a moment."""

    level: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """The bucket afterwards, and how many whole seconds to wait: 0 when the request may go on."""

    bucket: Bucket
    wait: int


def take(bucket: Bucket | None, rate: Rate, now: datetime) -> Taken:
    """Take one request out of a bucket; None is a full one. A refused request costs nothing.

    A clock that goes backwards fills nothing, and a rate that was lowered counts at once.
    """
    level, at = (bucket.level, bucket.at) if bucket else (rate.capacity, now)
    passed = max(0, (now - at) // timedelta(microseconds=1))
    level = min(rate.capacity, level + passed * rate.per_minute)
    at = max(at, now)
    if level < _MINUTE:
        lacking = _MINUTE - level
        return Taken(Bucket(level, at), -(-lacking // (rate.per_minute * 1_000_000)))
    return Taken(Bucket(level - _MINUTE, at), 0)
