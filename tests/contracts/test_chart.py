"""The Helm chart: linted, rendered, and every manifest valid for the oldest and the newest Kubernetes it claims."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python
import kubernetes_validate
import pytest
import yaml

CHART = Path(__file__).parents[2] / "helm" / "andel"
VERSIONS = ("1.29", "1.37")
VALUES: dict[str, Any] = {
    "address": "https://andel.example.se",
    "database": {"url": "postgresql://db.example.se:5432/postgres"},
}
ALL: dict[str, Any] = VALUES | {
    "web": {"autoscaling": {"enabled": True}},
    "ingress": {"enabled": True, "hosts": ["andel.example.se"], "tlsSecret": "andel-tls", "className": "nginx"},
    "networkPolicy": {"databaseBlocks": ["10.0.0.0/8"], "fromNamespaces": {"matchLabels": {"name": "ingress"}}},
    "image": {"pullSecrets": ["images"]},
}


def _manifests(values: dict[str, Any]) -> list[dict[str, Any]]:
    with helm_python.Chart.load(str(CHART)) as chart:
        rendered = chart.render(values, name="prod", namespace="andel")
    documents = (yaml.safe_load_all(text) for name, text in rendered.items() if name.endswith(".yaml"))
    return [document for group in documents for document in group if document]


def _pods(manifests: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for manifest in manifests:
        if manifest["kind"] in {"Deployment", "Job"}:
            yield manifest["metadata"]["name"], manifest["spec"]["template"]["spec"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("values", [VALUES, ALL], ids=["least", "all"])
def test_every_manifest_is_valid_for_kubernetes(values: dict[str, Any], version: str) -> None:
    manifests = _manifests(values)
    assert {"Deployment", "Job", "Service", "NetworkPolicy", "PodDisruptionBudget"} <= {m["kind"] for m in manifests}
    for manifest in manifests:
        kubernetes_validate.validate(manifest, version, strict=True)


def test_the_validation_finds_a_misspelt_field() -> None:
    manifest = next(m for m in _manifests(VALUES) if m["kind"] == "Service")
    manifest["spec"]["prots"] = []
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, VERSIONS[-1], strict=True)


def test_helm_finds_nothing_to_complain_of() -> None:
    report = helm_python.lint(str(CHART), values=VALUES)
    assert report["total_charts_linted"] == 1
    assert report["errors"] == []
    assert [message["error"] for message in report["messages"]] == ["icon is recommended"]


@pytest.mark.parametrize(
    "wrong",
    [
        VALUES | {"database": {"url": "postgresql://user:secret@db/postgres"}},
        VALUES | {"database": {"url": ""}},
        VALUES | {"address": "http://andel.example.se"},
        VALUES | {"web": {"replica": 3}},
        VALUES | {"logLevel": "loud"},
    ],
    ids=["password in url", "no url", "address without https", "misspelt key", "unknown level"],
)
def test_wrong_values_are_refused_before_anything_is_rendered(wrong: dict[str, Any]) -> None:
    with helm_python.Chart.load(str(CHART)) as chart, pytest.raises(helm_python.HelmError):
        chart.validate_schema(wrong)


def test_only_the_migration_job_holds_the_elevated_login() -> None:
    holders = {
        name
        for name, pod in _pods(_manifests(ALL))
        for container in pod["containers"]
        for variable in container["env"]
        if variable["name"] == "ANDEL_ADMIN_DATABASE_URL"
    }
    assert holders == {"prod-andel-migrate"}


def test_no_pod_runs_as_root_or_writes_its_image() -> None:
    for name, pod in _pods(_manifests(ALL)):
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        for container in pod["containers"]:
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] is True, name
            assert security["allowPrivilegeEscalation"] is False, name
            assert security["capabilities"] == {"drop": ["ALL"]}, name


def test_the_chart_deploys_the_version_of_the_project() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert chart["appVersion"] == importlib.metadata.version("andel")
