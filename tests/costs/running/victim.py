"""A process that carries out runs and is killed at it: once started, it forks a worker per order on its input.

Each order is a line of JSON: the region's ``url`` and ``tenant``, the ``runs`` to carry out, one worker each. With
``statement`` the worker kills itself before it sends its so manieth statement or commit; with ``seconds`` it is
killed from outside after so long. Answered with a line: the workers' exit codes, -9 for one that was killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event, make_url, select
from sqlalchemy.orm import Session

from andel.costs.service.running import Workplace, execute_run
from andel.host.registry import Registry, build_registry
from andel.host.view import TenantView
from andel.shared.database import RegionAddress, region_engine
from andel.tenancy.tables import EnabledPluginRow


def die_before(engine: Engine, statement: int) -> None:
    """Let the process be killed before its so manieth statement or commit."""
    moments = count(1)

    def moment(*_: object) -> None:
        if next(moments) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", moment)
    event.listen(engine, "commit", moment)


def work(registry: Registry, order: dict[str, Any], run: str) -> None:
    """Carry out one run, as a worker does."""
    engine = region_engine(RegionAddress(order["tenant"], make_url(order["url"])))
    if "statement" in order:
        die_before(engine, order["statement"])

    def view(session: Session) -> TenantView:
        return TenantView.of(registry, order["tenant"], session.scalars(select(EnabledPluginRow.plugin)))

    execute_run(Workplace(engine=engine, view=view), UUID(run))


def fork(registry: Registry, order: dict[str, Any], run: str) -> int:
    """Start a worker and return its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work(registry, order, run)
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Answer orders until the input ends."""
    registry = build_registry()
    for line in sys.stdin:
        order = json.loads(line)
        children = [fork(registry, order, run) for run in order["runs"]]
        if "seconds" in order:
            time.sleep(order["seconds"])
            for child in children:
                os.kill(child, signal.SIGKILL)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        sys.stdout.write(f"{json.dumps(codes)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
