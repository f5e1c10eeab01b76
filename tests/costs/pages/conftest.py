from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from andel.app.web import DatabaseRegions, create_app
from andel.shared.web.setup import SWEDEN

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=SWEDEN)


@pytest.fixture(scope="session")
def app(peopled: DatabaseRegions) -> Flask:
    made = create_app(peopled, check=peopled.check, now=lambda: NOW, mark_missing=True)
    made.testing = True
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
