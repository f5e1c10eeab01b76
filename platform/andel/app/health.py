"""Whether the process lives, whether it can serve, and what it counts."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from andel.sdk.errors import AndelError

UNAVAILABLE = 503


def health_pages(check: Callable[[], None]) -> Blueprint:
    """Return ``/healthz``, ``/readyz`` and ``/metrics``.

    Args:
        check: raises when the process cannot serve, as when the control database does not answer. A single
            region that is gone does not make the instance unready: it answers 503 for itself alone.
    """
    pages = Blueprint("health", __name__)

    @pages.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @pages.get("/readyz")
    def readyz() -> Response:
        try:
            check()
        except AndelError as error:
            return Response(f"{error.what}\n", status=UNAVAILABLE, mimetype="text/plain")
        return Response("ok\n", mimetype="text/plain")

    @pages.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return pages
