"""Allocation runs: ordered, carried out by workers, and read."""

from andel.costs.service.running.desk import View
from andel.costs.service.running.executing import MOST_ATTEMPTS, Workplace, execute_run
from andel.costs.service.running.ordering import QUEUE, TASK, Ordered, enqueue_run, order_run
from andel.costs.service.running.runs import Run, RunItem, open_runs, read_run, read_runs

__all__ = [
    "MOST_ATTEMPTS",
    "QUEUE",
    "TASK",
    "Ordered",
    "Run",
    "RunItem",
    "View",
    "Workplace",
    "enqueue_run",
    "execute_run",
    "open_runs",
    "order_run",
    "read_run",
    "read_runs",
]
