"""The product as it is installed, answering on a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from config import ROOT
from tests.databases import SECRET_KEY

# The socket is ours and handed over as systemd does it: whoever connects early waits in its
# queue, so nobody has to ask again and again whether the server is up.
_START = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""
_CRM = (str(Path(sys.executable).with_name("crm")), "run")
_PATIENCE = 20


@contextmanager
def running(instance: Path, *, program: Sequence[str] = _CRM, **environment: str) -> Iterator[str]:
    """Run the product, or a `program`, on an instance that is set up; give its address."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        port = listener.getsockname()[1]
        fd = listener.fileno()
        with (instance / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-c", _START, str(fd), *program],
                cwd=ROOT,
                env=_environment(instance, port) | environment,
                pass_fds=[fd],
                stdout=log,
                stderr=log,
            )
        try:
            yield f"http://127.0.0.1:{port}"
            assert server.poll() is None, f"the server has ended: {last_words(instance)}"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once, without waiting for idle connections
            try:
                server.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def last_words(instance: Path) -> str:
    """Return the end of what the server of an instance has said."""
    return (instance / "server.log").read_text(encoding="utf-8")[-5000:]


def _environment(instance: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    return kept | {
        "CRM_INSTANCE": str(instance),
        "CRM_SECRET_KEY": SECRET_KEY,
        "CRM_WORKERS": "1",
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "default",
    }
