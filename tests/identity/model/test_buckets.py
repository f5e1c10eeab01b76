from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from andel.identity.model.buckets import Bucket, Rate, Taken, take

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RATE = Rate(burst=3, per_minute=60)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def taken(moments: list[datetime], rate: Rate = RATE) -> list[int]:
    bucket, waits = None, []
    for moment in moments:
        outcome = take(bucket, rate, moment)
        bucket = outcome.bucket
        waits.append(outcome.wait)
    return waits


def test_a_full_bucket_gives_its_burst_and_then_one_request_per_interval() -> None:
    assert taken([NOON] * 4) == [0, 0, 0, 1]
    assert taken([NOON, NOON, NOON, after(1), after(1)]) == [0, 0, 0, 0, 1]


def test_the_wait_that_is_told_is_long_enough_and_no_second_too_long() -> None:
    slow = Rate(burst=1, per_minute=2)
    assert taken([NOON, NOON], slow) == [0, 30]
    assert taken([NOON, after(29)], slow) == [0, 1]
    assert taken([NOON, after(30)], slow) == [0, 0]


def test_what_a_bucket_regains_never_exceeds_its_burst() -> None:
    assert taken([NOON, *[after(3600)] * 4]) == [0, 0, 0, 0, 1]


def test_a_refused_request_costs_nothing() -> None:
    assert taken([NOON] * 3 + [NOON] * 50 + [after(1)])[-1] == 0


def test_a_clock_that_goes_backwards_fills_nothing() -> None:
    assert taken([NOON] * 3 + [after(-60), NOON]) == [0, 0, 0, 1, 1]


def test_a_rate_that_was_lowered_counts_at_once() -> None:
    full = take(None, Rate(burst=100, per_minute=60), NOON).bucket
    assert take(full, Rate(burst=1, per_minute=60), NOON).bucket.level == 0


@given(st.lists(st.integers(0, 5_000_000), max_size=60), st.integers(1, 20), st.integers(1, 600))
def test_no_span_of_time_lets_through_more_than_its_burst_and_its_rate(
    steps: list[int], burst: int, per_minute: int
) -> None:
    rate, moment, bucket, passed = Rate(burst=burst, per_minute=per_minute), NOON, None, []
    for step in steps:
        moment += timedelta(microseconds=step)
        outcome: Taken = take(bucket, rate, moment)
        bucket = outcome.bucket
        if outcome.wait == 0:
            passed.append(moment)
    for first, begin in enumerate(passed):
        for count, end in enumerate(passed[first:], 1):
            assert (count - burst) * timedelta(minutes=1) <= per_minute * (end - begin)


@given(st.integers(0, 59_999_999), st.integers(1, 600))
def test_whoever_waits_as_told_gets_through(level: int, per_minute: int) -> None:
    rate = Rate(burst=5, per_minute=per_minute)
    refused = take(Bucket(level, NOON), rate, NOON)
    assert refused.wait >= 1
    assert take(refused.bucket, rate, after(refused.wait)).wait == 0
