"""A run that is killed at any moment goes on where it ended, and comes to what an undisturbed run comes to."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from andel.costs.tables import ItemState, RunState

if TYPE_CHECKING:
    from tests.costs.running.conftest import Region, Victims

KILLED = -9
SOAK = bool(os.environ.get("ANDEL_SOAK"))
MOMENTS = 200 if SOAK else 12
FEWEST = 15
"""So many statements and commits a run of one part has at least: the test must have killed it at each."""


def check_whole(region: Region, digest: str) -> None:
    assert region.digest() == digest
    assert region.count("workings") <= region.count("allocation")
    assert region.count("allocation_run") == 1


def test_killed_before_every_statement(
    dalarna: Region, victims: Victims, forget_results: Callable[[Region], None]
) -> None:
    services = () if SOAK else ("sip",)
    dalarna.run(2026, *services)
    undisturbed = dalarna.digest()
    for statement in count(1):
        forget_results(dalarna)
        run = dalarna.order(2026, *services).run
        codes = victims.work(dalarna, [run], statement=statement)
        if codes == [0]:
            break
        assert codes == [KILLED]
        assert dalarna.carry_out(run).state is RunState.DONE
        check_whole(dalarna, undisturbed)
    assert statement > FEWEST
    check_whole(dalarna, undisturbed)


def test_killed_before_every_statement_of_a_correction(
    dalarna: Region, victims: Victims, correct_budget: Callable[[int], None]
) -> None:
    """The budget goes to and fro, and each time the run that takes it along is killed one statement later."""
    digests = []
    for kronor in (1_300_000, 1_250_000):
        correct_budget(kronor)
        dalarna.run(2026, "sip")
        digests.append(dalarna.current_digests())
    for statement in count(1):
        correct_budget((1_300_000, 1_250_000)[(statement - 1) % 2])
        run = dalarna.order(2026, "sip").run
        codes = victims.work(dalarna, [run], statement=statement)
        done = dalarna.carry_out(run)
        assert [item.revision for item in done.new] == [statement + 2]
        assert dalarna.count("allocation") == statement + 2
        assert dalarna.current_digests() == digests[(statement - 1) % 2]
        if codes == [0]:
            break
        assert codes == [KILLED]
    assert statement > FEWEST


def test_killed_at_random_moments_again_and_again(
    stockholm: Region, victims: Victims, forget_results: Callable[[Region], None]
) -> None:
    """The run has earlier years to take first. Killed three times, then left to end."""
    started = time.monotonic()
    whole = stockholm.order(2026).run
    assert victims.work(stockholm, [whole]) == [0]
    took = time.monotonic() - started
    undisturbed = stockholm.digest()
    chance = random.Random(16)  # noqa: S311  (moments, no secrets)
    killed = 0
    for _ in range(MOMENTS):
        forget_results(stockholm)
        run = stockholm.order(2026).run
        codes = [victims.work(stockholm, [run], seconds=chance.uniform(0, took / 2))[0] for _ in range(3)]
        killed += codes.count(KILLED)
        done = stockholm.carry_out(run)
        assert done.state is RunState.DONE
        assert {item.state for item in done.items} == {ItemState.DONE}
        check_whole(stockholm, undisturbed)
    assert killed > MOMENTS


def test_what_is_done_is_not_done_again(
    dalarna: Region, victims: Victims, forget_results: Callable[[Region], None]
) -> None:
    for statement in count(30, 4):
        forget_results(dalarna)
        run = dalarna.order(2026).run
        assert victims.work(dalarna, [run], statement=statement) == [KILLED]
        if dalarna.count("allocation") > 1:
            break
    done = dalarna.made()
    assert len(done) < len(run.items)
    dalarna.carry_out(run)
    assert dalarna.made()[: len(done)] == done


def test_eight_workers_at_one_run_make_one_result(dalarna: Region, victims: Victims) -> None:
    run = dalarna.order(2026).run
    assert victims.work(dalarna, [run] * 8) == [0] * 8
    assert dalarna.count("allocation") == len(run.items)
    assert dalarna.count("allocation WHERE revision > 1") == 0
    assert dalarna.carry_out(run).state is RunState.DONE


def test_eight_runs_at_once_over_the_same_parts_make_one_result(stockholm: Region, victims: Victims) -> None:
    service = "samverkan-vardovergangar"
    runs = [stockholm.order(2026).run, stockholm.order(2026, service).run, stockholm.order(2025).run]
    assert victims.work(stockholm, (runs * 3)[:8]) == [0] * 8
    assert stockholm.count("allocation WHERE revision > 1") == 0
    parts = stockholm.count("(SELECT DISTINCT component_id, period_start FROM allocation) AS parts")
    assert stockholm.count("allocation") == parts
    for run in runs:
        assert stockholm.carry_out(run).state is RunState.DONE
