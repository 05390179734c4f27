"""The web server: gunicorn with settings that fit a machine behind a reverse proxy."""

from __future__ import annotations

import gc
from collections.abc import Callable
from ipaddress import ip_address
from itertools import count
from typing import Any, TypeAlias

from flask import Flask
from gunicorn.app.base import BaseApplication

from config import Settings
from crm import create_app
from crm.operations.refusal import Refused

_THREADS = 8
_LONGEST_REQUEST = 60
# Answers of a process after which what it has loaded is looked through for the last time
_WARM = frozenset({100, 1_000, 10_000})
_answered = count(1)

_MakeApp: TypeAlias = Callable[[Settings], Flask]


def _keep_what_is_loaded() -> None:
    """Let the collector not walk in the middle of a page through what stays for good."""
    gc.collect()
    gc.freeze()


def _once_warm(_worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    """By then pages have been drawn: templates, statements and texts are in memory."""
    if next(_answered) in _WARM:
        _keep_what_is_loaded()


class _Server(BaseApplication):
    """gunicorn with our settings; each process makes its own application."""

    def __init__(self, settings: Settings, options: dict[str, Any], make_app: _MakeApp) -> None:
        self._settings = settings
        self._options = options
        self._make_app = make_app
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn; neither its file nor its environment is read."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application of one process."""
        app = self._make_app(self._settings)
        _keep_what_is_loaded()
        return app


def refuse_public_demo(settings: Settings, address: str) -> None:
    """Raise `Refused` for demo mode on an address that others can reach."""
    if settings.demo and not _is_loopback(address):
        raise Refused("Der Demobetrieb ist nur auf 127.0.0.1 erlaubt.")


def serve(settings: Settings, *, address: str, make_app: _MakeApp = create_app) -> None:
    """Answer requests until the process is told to end; `make_app` makes what answers.

    Raises `Refused` for demo mode on an address that others can reach.
    """
    refuse_public_demo(settings, address)
    _Server(settings, _options(settings, address), make_app).run()


def _options(settings: Settings, address: str) -> dict[str, Any]:
    host = f"[{address}]" if ":" in address else address
    return {
        "bind": f"{host}:{settings.port}",
        "workers": max(settings.workers, 1),
        "worker_class": "gthread",
        "threads": _THREADS,
        # A list's place holds names, of up to 300 characters
        "limit_request_line": 8190,
        "timeout": _LONGEST_REQUEST,
        "graceful_timeout": 30,
        # longer than the proxy's: it must never use a connection that is just being closed
        "keepalive": 75,
        "loglevel": "warning" if settings.demo else "info",
        "post_request": _once_warm,
        "proc_name": "augenhoehe",
        "umask": 0o077,
        # Forwarding headers are believed by the number of proxies in the settings, not here.
        "forwarded_allow_ips": "",
        "control_socket_disable": True,
    }


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
