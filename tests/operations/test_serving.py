"""The server of an installation: what it answers, and the figures of all its processes."""

from __future__ import annotations

import os
import signal
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.datastructures import Headers

from crm.web.static_files import tree_hash
from tests.e2e.live import running
from tests.inspection import header_faults
from tests.operations.conftest import Installation

# In seconds; processes may begin slowly
_PATIENCE = 120
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def _get(url: str, path: str) -> str:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE)
    connection.request("GET", path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def _counted(url: str) -> dict[str, float]:
    return {
        sample.labels["endpoint"]: sample.value
        for family in text_string_to_metric_families(_get(url, "/metrics"))
        for sample in family.samples
        if sample.name == "crm_requests_total"
    }


def _processes(instance: Path) -> set[int]:
    """Return who has a file of figures open, of all processes of this user."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        for handle in process.glob("fd/*"):
            try:
                if handle.readlink().is_relative_to(instance / "metrics"):
                    found.add(int(process.name))
            except OSError:
                continue
    return found


def test_the_figures_of_all_processes_are_one_and_outlive_them(
    installation: Installation,
) -> None:
    instance = installation.settings.instance
    with running(
        instance, CRM_WORKERS="2", CRM_DATABASE_URL=installation.settings.database_url
    ) as url:
        for _ in range(30):
            _get(url, "/healthz")
        for number in range(5):
            assert _counted(url) == {"health.healthz": 30, "health.figures": number} or number == 0

        for process in _processes(instance):
            os.kill(process, signal.SIGKILL)
        _get(url, "/healthz")

        assert _counted(url)["health.healthz"] == 31
    with running(
        instance, CRM_WORKERS="1", CRM_DATABASE_URL=installation.settings.database_url
    ) as url:
        assert _counted(url) == {"health.healthz": 31, "health.figures": 6}


def test_what_goes_over_the_line_has_the_headers_too(installation: Installation) -> None:
    paths = ["/sign-in", "/", "/nirgends", "/metrics", f"/static/{tree_hash()}/css/app.css"]
    through_tls = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    settings = {
        "CRM_DATABASE_URL": installation.settings.database_url,
        "CRM_TRUSTED_PROXIES": "1",
    }
    with running(installation.settings.instance, **settings) as url:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE)
        for path in paths:
            connection.request("GET", path, headers={"Host": "localhost", **through_tls})
            answer = connection.getresponse()
            answer.read()

            assert header_faults(Headers(answer.getheaders())) == [], path
        connection.close()
