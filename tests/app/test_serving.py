from __future__ import annotations

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from flask import Flask

from andel.app.api import TokenGate
from andel.app.health import health_pages
from andel.app.serving import ServingError, serve, sign_in_at
from andel.app.web import DatabaseRegions, create_app
from andel.identity.pages import undeclared
from andel.identity.service.oidc.providers import Vault
from andel.sdk.errors import AndelError
from andel.shared.secretbox import FOLDER_VARIABLE, KEYS_VARIABLE, SecretBox, SecretBoxError


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


@pytest.mark.parametrize("address", ["http://andel.example", "andel.example", "https://", "https://andel.example/x"])
def test_people_sign_in_over_https_alone(address: str) -> None:
    result = CliRunner().invoke(serve, ["--host", "192.0.2.1", "--address", address])
    assert isinstance(result.exception, ServingError)
    assert "https" in str(result.exception.remedy)


def test_sign_in_needs_the_keys_that_open_the_secrets_of_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (FOLDER_VARIABLE, KEYS_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANDEL_DATABASE_URL", "postgresql://127.0.0.1:1/postgres")
    result = CliRunner().invoke(serve, ["--host", "192.0.2.1"], env={"ANDEL_ADDRESS": "https://andel.example"})
    assert isinstance(result.exception, SecretBoxError)


def test_signed_in_pages_are_made_with_cookies_that_only_https_carries(peopled: DatabaseRegions) -> None:
    vault = Vault(box=SecretBox.of([Fernet.generate_key().decode()]))
    sign_in = sign_in_at("https://andel.example/", peopled, vault, "of one test")
    assert sign_in.cookies.name("dalarna") == "__Host-andel-dalarna"
    assert sign_in.gateway.redirect_uri("dalarna", "mora") == "https://andel.example/dalarna/logga-in/mora/svar"
    app = create_app(peopled, sign_in=sign_in, programs=TokenGate(engine_of=peopled.region))
    assert undeclared(app) == ()
    assert app.test_client().get("/dalarna/", base_url="https://andel.example").status_code == 303
