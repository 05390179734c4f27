"""The conventions that a program can hold, each as a function from a module's text to its breaches.

`test_conventions.py` applies them to the product, and proves with a bad example that each can fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

LONGEST_MODULE = 400

# `listing` holds the queries of a long list. Besides these kinds only the modules named here.
SESSION_KINDS = {"queries", "services", "listing"}
SESSION_USERS = {
    "crm/audit/__init__.py",
    "crm/audit/chain.py",
    "crm/audit/keeper.py",
    "crm/audit/proof.py",
    "crm/db.py",
    "crm/memory.py",
    "crm/paging.py",
    "crm/accounts/throttle.py",
    "crm/operations/instance.py",
}
_CLOCK_CALLS = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}


def ends_transactions(path: str, tree: ast.Module) -> Iterator[str]:
    """Commit and roll back only in `crm/db.py`."""
    if path != "crm/db.py":
        for node in ast.walk(tree):
            if _called(node)[1] in {"commit", "rollback"}:
                yield _at(path, node, "ends a transaction")


def reads_environment(path: str, tree: ast.Module) -> Iterator[str]:
    """Read the environment only in `config.py`."""
    if path != "config.py":
        for node in ast.walk(tree):
            named = isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node)
            if named in {"os.environ", "os.getenv", "environ", "getenv"}:
                yield _at(path, node, "reads the environment")


def asks_for_the_time(path: str, tree: ast.Module) -> Iterator[str]:
    """Ask for the time only in `crm/clock.py`."""
    if path != "crm/clock.py":
        for node in ast.walk(tree):
            if _called(node) in _CLOCK_CALLS:
                yield _at(path, node, "asks for the time")


def imports_in_functions(path: str, tree: ast.Module) -> Iterator[str]:
    """Import at the top of the module."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield _at(path, node, "imports inside a function")


def uses_the_session(path: str, tree: ast.Module) -> Iterator[str]:
    """Use the session only in queries and services."""
    parts = {PurePosixPath(part).stem for part in PurePosixPath(path).parts}
    if path in SESSION_USERS or parts & SESSION_KINDS:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "crm.db":
            for name in node.names:
                if name.name in {"transaction", "db"}:
                    yield _at(path, node, f"imports {name.name} and is no query and no service")
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith("db.session"):
            yield _at(path, node, "uses the session and is no query and no service")


def is_too_long(path: str, text: str) -> Iterator[str]:
    """Make two files of one that needs a table of contents."""
    if (count := len(text.splitlines())) >= LONGEST_MODULE:
        yield f"{path} has {count} lines"


def has_no_docstring(path: str, tree: ast.Module) -> Iterator[str]:
    """Say what every package and every module is."""
    if not (ast.get_docstring(tree) or "").strip():
        yield f"{path} does not say what it is"


def promises_wrongly(path: str, tree: ast.Module) -> Iterator[str]:
    """Let `find…` return None where need be, and `get…` never."""
    if PurePosixPath(path).stem != "queries":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.returns is not None:
            optional = "None" in ast.unparse(node.returns)
            word = node.name.partition("_")[0]
            if (word == "find" and not optional) or (word == "get" and optional):
                yield _at(path, node, f"{node.name} returns {ast.unparse(node.returns)}")


def conflict_codes(tree: ast.Module) -> set[str]:
    """Return the codes of the conflicts that a module raises."""
    return {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Conflict", "TooManyAttempts"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def _called(node: ast.AST) -> tuple[str, str]:
    """Return the last two names of what is called: `session.commit()` is (session, commit)."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return "", ""
    owner = ast.unparse(node.func.value).rpartition(".")[2]
    return owner, node.func.attr


def _at(path: str, node: ast.AST, what: str) -> str:
    return f"{path}:{getattr(node, 'lineno', 0)} {what}"
