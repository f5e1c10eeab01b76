from __future__ import annotations

import re

import pytest
import sqlalchemy
from psycopg.conninfo import conninfo_to_dict

from andel.shared.postgres import DatabaseAddress, PostgresError

ODD = r"å b'c\"d\\e%2F@:/?#&=+"


def address(host: str = "127.0.0.1", *, database: str = "region") -> DatabaseAddress:
    return DatabaseAddress(host=host, port=5433, database=database, user="andel", password=ODD)


@pytest.mark.parametrize("host", ["127.0.0.1", "/run/a b'c"])
def test_odd_characters_reach_libpq_as_they_are(host: str) -> None:
    odd = address(host, database=ODD).with_login(ODD, ODD)
    assert conninfo_to_dict(odd.conninfo()) == {
        "host": host,
        "port": "5433",
        "dbname": ODD,
        "user": ODD,
        "password": ODD,
    }


@pytest.mark.parametrize("host", ["127.0.0.1", "/run/a b'c"])
def test_odd_characters_survive_an_url_written_as_text(host: str) -> None:
    odd = address(host, database=ODD).with_login(ODD, ODD)
    read = sqlalchemy.make_url(odd.url_text())
    assert read == odd.sqlalchemy_url()
    assert read.drivername == "postgresql+psycopg"
    assert (read.username, read.password, read.database) == (ODD, ODD, ODD)


@pytest.mark.parametrize("host", ["127.0.0.1", "/run/a b'c"])
def test_sqlalchemy_hands_the_driver_the_same_values_as_conninfo(host: str) -> None:
    odd = address(host, database=ODD)
    engine = sqlalchemy.create_engine(odd.sqlalchemy_url())
    _, passed = engine.dialect.create_connect_args(odd.sqlalchemy_url())
    passed = {name: str(value) for name, value in passed.items() if name != "context"}
    assert passed == conninfo_to_dict(odd.conninfo())


def test_the_password_is_not_shown_by_printing() -> None:
    secret = address().with_login("andel", "hemligt")
    assert "hemligt" not in repr(secret)
    assert "hemligt" not in str(secret.sqlalchemy_url())
    assert "hemligt" in secret.url_text()


def test_another_database_and_another_login_keep_the_rest() -> None:
    other = address().with_database("b").with_login("u", "p")
    assert conninfo_to_dict(other.conninfo()) == {
        "host": "127.0.0.1",
        "port": "5433",
        "dbname": "b",
        "user": "u",
        "password": "p",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [("host", "/run/a,b"), ("host", ""), ("database", "a\0b"), ("user", ""), ("password", "a\0b")],
)
def test_a_value_that_libpq_would_read_otherwise_is_refused(name: str, value: str) -> None:
    values = {"host": "h", "database": "d", "user": "u", "password": "p", name: value}
    with pytest.raises(PostgresError, match=re.escape(f"cannot have this {name}")):
        DatabaseAddress(port=5432, **values)
