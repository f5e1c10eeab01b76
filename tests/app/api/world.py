"""An instance whose API programs use, and tokens of every kind of program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from andel.identity.model.programs import grantable
from andel.identity.model.roles import Role
from andel.identity.service.clients import Registration, authenticate, issue, register
from andel.shared.audit import Actor, ActorKind
from andel.shared.database import gate_transaction
from andel.shared.web.setup import SWEDEN

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=SWEDEN)
BY = Actor(ActorKind.SYSTEM, "a test")
COPY = "testlandet"
"""A region with Dalarna's document, which tests change."""

REGION = "region-dalarna"


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered."""

    answer: TestResponse

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.answer.status_code

    @property
    def json(self) -> Any:  # noqa: ANN401  (plain data)
        """The body as data."""
        return self.answer.get_json(force=True)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.answer.get_data(as_text=True)

    @property
    def headers(self) -> Headers:
        """The headers."""
        return self.answer.headers

    @property
    def kind(self) -> str:
        """The type of a problem; what it is must be said by its content type."""
        assert self.answer.mimetype == "application/problem+json", self.text
        return str(self.json["type"])


@dataclass(kw_only=True)
class Instance:
    """The application, its regions' engines, and tokens of programs."""

    app: Flask
    engine_of: Callable[[str], Engine]
    clock: list[datetime] = field(default_factory=lambda: [NOW])
    _tokens: dict[tuple[object, ...], str] = field(default_factory=dict)

    def token(
        self, region: str, organization: str, role: Role, *scopes: str, rate: int = 60_000, fresh: bool = False
    ) -> str:
        """Return an access token of a program, registered for it when it is the first; without scopes, with all."""
        wanted = scopes or tuple(sorted(grantable(role)))
        key = (region, organization, role, wanted, rate)
        if fresh or key not in self._tokens:
            asked = Registration(
                organization=organization, title="Ett test", role=role.value, scopes=wanted, requests_per_minute=rate
            )
            at = self.clock[0].astimezone(UTC)
            with gate_transaction(self.engine_of(region)) as session:
                made = register(session, asked, actor=BY, now=at)
                client = authenticate(session, str(made.client_id), made.shown, at)
                assert client is not None
                self._tokens[key] = issue(session, client, client.scopes, at)
        return self._tokens[key]

    def ask(self, method: str, path: str, token: str = "", **options: Any) -> Reply:  # noqa: ANN401
        """Ask below /api/v1."""
        headers = {"Accept-Language": "en", **options.pop("headers", {})}
        path = path.removeprefix("/api/v1")
        if token:
            headers["Authorization"] = f"Bearer {token}"
        client: FlaskClient = self.app.test_client()
        return Reply(client.open(f"/api/v1{path}", method=method, headers=headers, **options))

    def send(self, path: str, token: str, body: object, *, key: str = "", method: str = "POST") -> Reply:
        """Create below /api/v1, under a key of its own unless one is given."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self.ask(method, path, token, json=body, headers=headers)

    def change(self, path: str, token: str, body: object, *, tag: str = "", method: str = "PUT") -> Reply:
        """Change what is read below /api/v1, as it is now unless a tag is given."""
        headers = {"If-Match": tag or self.get(path, token).headers["ETag"]}
        options: dict[str, Any] = {} if method == "DELETE" else {"json": body}
        return self.ask(method, path, token, headers=headers, **options)

    def get(self, path: str, token: str = "", **options: Any) -> Reply:  # noqa: ANN401
        """Read below /api/v1."""
        return self.ask("GET", path, token, **options)
