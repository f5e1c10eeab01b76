"""Serve the pages and the API by gunicorn."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

MOST_REQUESTS = 20_000
"""After about so many requests a worker is replaced, so that no leak of any library grows for ever."""

GRACE = 30


class Site(BaseApplication):
    """A gunicorn server whose workers each make their own application.

    ``sync`` workers were steadier and faster than threads for database work on two cores. The application is
    made after the fork: connections and engines are never shared between processes.
    """

    def __init__(self, make_app: Callable[[], Flask], *, host: str, port: int, workers: int = 0) -> None:
        self._make_app = make_app
        self._options = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers or min(4, multiprocessing.cpu_count()),
            "worker_class": "sync",
            "timeout": 60,
            "graceful_timeout": GRACE,
            "max_requests": MOST_REQUESTS,
            "max_requests_jitter": MOST_REQUESTS // 10,
            "forwarded_allow_ips": "",
            "proc_name": "andel",
            "loglevel": "warning",
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the options over to gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401  (any WSGI application)
        """Make the application, in the worker."""
        return self._make_app()
