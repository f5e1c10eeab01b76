"""The queue of jobs in a region's own database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from psycopg.conninfo import make_conninfo
from psycopg.errors import UniqueViolation
from sqlalchemy import URL, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from andel.shared.database.names import WORKER

_SCHEMA: Final = "procrastinate"

_ENQUEUE: Final = text(
    """
    SELECT procrastinate.procrastinate_defer_jobs_v1(ARRAY[CAST(
        ROW(:queue, :task, :priority, :lock, :once, :arguments, :not_before)
        AS procrastinate.procrastinate_job_to_defer_v1
    )])
    """
).bindparams(bindparam("arguments", type_=JSONB))


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to be done after the change that asks for it has been committed.

    Attributes:
        task: the name that the task is registered under.
        arguments: plain data, and ids rather than personal data.
        lock: jobs of the same lock are done one after another.
        once: a job that waits under the same word is not added again.
        not_before: when it may be done at the earliest.
    """

    task: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    queue: str = "default"
    priority: int = 0
    lock: str | None = None
    once: str | None = None
    not_before: datetime | None = None


def enqueue(session: Session, job: Job) -> int | None:
    """Add a job in the staff's own transaction: it exists if and only if the change does.

    Returns:
        The job's number; None when one waits under the same ``once``.
    """
    parameters = {
        "queue": job.queue,
        "task": job.task,
        "priority": job.priority,
        "lock": job.lock,
        "once": job.once,
        "arguments": dict(job.arguments),
        "not_before": job.not_before,
    }
    try:
        with session.begin_nested():
            return int(session.scalar(_ENQUEUE, parameters)[0])
    except IntegrityError as error:
        if job.once is None or not isinstance(error.orig, UniqueViolation):
            raise
        return None


def worker_conninfo(url: URL) -> str:
    """Return how a worker's connector connects: as the region's login, become the role that works the queue.

    Such a connection passes by no transaction pooler: it says at its start who it is.
    """
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    parameters = {
        "host": url.host,
        "port": str(url.port) if url.port else None,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
        "options": f"-c role={WORKER} -c search_path={_SCHEMA}",
    }
    return make_conninfo(**{name: value for name, value in (parameters | query).items() if value is not None})
