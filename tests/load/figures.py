"""What a figure is, how it is measured, and the list of them that ``make bench`` goes through."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure.

    Attributes:
        what: what was measured, and against what.
        measured: in words: the ratio, and the times that it is made of.
        reach: what is to be reached.
        reached: whether it is; None for a figure that is only told.
    """

    what: str
    measured: str
    reach: str
    reached: bool | None


Benchmark = Callable[..., Iterable[Figure]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A benchmark and what it is called; ``soak_only``: it takes too long for ``make bench``."""

    name: str
    run: Benchmark
    soak_only: bool = False


REGISTER: list[Named] = []


def benchmark(name: str, *, soak_only: bool = False) -> Callable[[Benchmark], Benchmark]:
    """Add a function to the list. It takes a ``Bench`` and gives its figures."""

    def add(run: Benchmark) -> Benchmark:
        REGISTER.append(Named(name=name, run=run, soak_only=soak_only))
        return run

    return add


def seconds_of(
    action: Callable[[], object],
    *,
    repeat: int = 7,
    number: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Return the median time of an action in seconds, over ``repeat`` rounds of ``number`` times each.

    ``clock`` is ``time.process_time`` for what only computes: what else the machine does at the time then counts less.
    """
    action()
    gc.collect()
    rounds = []
    for _ in range(repeat):
        started = clock()
        for _ in range(number):
            action()
        rounds.append((clock() - started) / number)
    return statistics.median(rounds)


def ms(seconds: float) -> str:
    """Write seconds as milliseconds."""
    return f"{seconds * 1000:.2f} ms"
