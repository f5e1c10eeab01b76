from __future__ import annotations

import pytest
from click.testing import CliRunner
from flask import Flask

from andel.app.health import health_pages
from andel.app.serving import ServingError, serve
from andel.sdk.errors import AndelError


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "andel.example.se", ""])  # noqa: S104  (refused)
def test_pages_without_sign_in_are_served_on_this_machine_alone(host: str) -> None:
    result = CliRunner().invoke(serve, ["--host", host])
    assert isinstance(result.exception, ServingError)
    assert result.exception.remedy


def _down() -> None:
    message = "The control database does not answer."
    raise AndelError(message)


def test_a_process_that_cannot_serve_is_alive_but_not_ready() -> None:
    app = Flask(__name__)
    app.register_blueprint(health_pages(_down))
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "The control database does not answer.\n")


def test_metrics_count_the_failures_of_plugins() -> None:
    app = Flask(__name__)
    app.register_blueprint(health_pages(lambda: None))
    assert "andel_plugin_failures" in app.test_client().get("/metrics").text
