from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click import Command
from click.testing import CliRunner
from sqlalchemy import Engine
from tests.identity.cli.test_operator_commands import Instance
from tests.identity.conftest import World

from andel.identity.cli import client_command, directory_command
from andel.identity.model.programs import ClientError
from andel.identity.service.clients import admit, authenticate, issue
from andel.identity.service.scim import DirectoryError, create_user
from andel.identity.service.scim import admit as admit_directory
from andel.shared.clock import swedish_day
from andel.shared.database import gate_transaction
from andel.tenancy.service.databases import Databases


@pytest.fixture
def instance(world: World, databases: Databases) -> Instance:
    return Instance(databases, world.engine)


def run(command: Command, *arguments: str) -> str:
    result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def create(instance: Instance, *more: str) -> tuple[str, str]:
    scopes = ("--scope", "costs:read", "--scope", "facts:read")
    named = ("create", "testlandet", "mora", "--title", "Ekonomisystem", "--role", "viewer", *scopes, *more)
    said = dict(line.split() for line in run(client_command(instance), *named).splitlines())
    return said["client_id"], said["client_secret"]


def works(engine: Engine, client: str, secret: str) -> bool:
    now = datetime.now(UTC)
    with gate_transaction(engine) as session:
        found = authenticate(session, client, secret, now)
        return found is not None and bool(admit(session, issue(session, found, found.scopes, now), now).scopes)


def test_a_client_is_made_rotated_listed_and_ended(instance: Instance, world: World) -> None:
    client, secret = create(instance, "--per-minute", "60")
    assert works(world.engine, client, secret)
    said = run(client_command(instance), "rotate", "testlandet", client, "--overlap", "0")
    fresh = dict(line.split() for line in said.splitlines())
    assert fresh["client_id"] == client
    assert not works(world.engine, client, secret)
    assert works(world.engine, client, fresh["client_secret"])
    line = run(client_command(instance), "list", "testlandet")
    assert line.startswith(f"{client} mora viewer costs:read facts:read, last used ")
    assert line.endswith(": Ekonomisystem")
    assert secret not in line
    assert run(client_command(instance), "revoke", "testlandet", client) == "revoked"
    assert not works(world.engine, client, fresh["client_secret"])
    listed = json.loads(run(client_command(instance), "list", "testlandet", "--format", "json"))
    assert (listed["requests_per_minute"], listed["secrets"], bool(listed["ended_at"])) == (60, 0, True)


def test_what_cannot_be_registered_is_told_as_such(instance: Instance) -> None:
    with pytest.raises(ClientError, match="economist"):
        run(
            client_command(instance), "create", "testlandet", "mora", "--title", "x", "--role", "economist",
            "--scope", "costs:read",
        )  # fmt: skip
    with pytest.raises(ClientError):
        run(client_command(instance), "rotate", "testlandet", "01a21034-0000-7000-8000-000000000000")


def test_a_directory_gets_a_token_is_listed_counted_and_ended(instance: Instance, world: World) -> None:
    said = dict(line.split() for line in run(directory_command(instance), "issue", "testlandet", "mora").splitlines())
    assert said["address"] == "https://HOST/testlandet/scim/v2/mora"
    now = datetime.now(UTC)
    with gate_transaction(world.engine) as session:
        directory = admit_directory(session, "mora", said["token"], now)
        create_user(session, directory, {"userName": "ekonom@mora.se", "externalId": "1"}, now)
    assert run(directory_command(instance), "list", "testlandet").startswith("mora made ")
    counted = run(directory_command(instance), "counts", "testlandet")
    assert counted.startswith(f"{swedish_day(now)} mora 1 users, directory last heard ")
    assert run(directory_command(instance), "revoke", "testlandet", "mora") == "revoked 1"
    assert run(directory_command(instance), "list", "testlandet") == ""


def test_a_provider_that_is_misspelt_is_answered_with_the_nearest_one(instance: Instance) -> None:
    with pytest.raises(DirectoryError) as raised:
        run(directory_command(instance), "issue", "testlandet", "moraa")
    assert raised.value.remedy == 'Did you mean "mora"?'
