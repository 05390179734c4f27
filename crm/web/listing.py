"""Lists: the filters in the address, the page a reader is on, and the file of the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, abort, g, request, stream_with_context, url_for

from crm.clock import today
from crm.dates import parse_day
from crm.exports import Cell, csv_lines
from crm.finding import Scope
from crm.paging import Cursor, Order, cursor_from
from crm.policy import Actor, Role
from crm.text import TextRefused, clean
from crm.web.forms import LONGEST_LINE, key_of

E = TypeVar("E", bound=StrEnum)
_PAGING = ("after", "before")
_SCOPES = {Role.OFFICER: Scope.MINE, Role.MANAGER: Scope.TEAM}


def text_arg(name: str) -> str:
    """Return a filter's text; empty when it is missing or cannot be searched."""
    try:
        return clean(request.args.get(name, "").strip(), longest=LONGEST_LINE)
    except TextRefused:
        return ""


def key_arg(name: str) -> UUID | None:
    """Return a filter's key, or None."""
    return key_of(request.args.get(name))


def day_arg(name: str) -> date | None:
    """Return a filter's date, or None; what cannot be read is told of by `unread_day`."""
    try:
        return parse_day(text_arg(name), today=today(), ahead=False)
    except (ValueError, OverflowError):
        g.setdefault("unread_days", set()).add(name)
        return None


def unread_day(name: str) -> str:
    """Return what was typed as a filter's date and is none; empty when there is nothing to say."""
    return text_arg(name) if name in g.get("unread_days", ()) else ""


def choice_arg(name: str, kind: type[E]) -> E | None:
    """Return a filter's choice, or None."""
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return None


def scope_arg(actor: Actor) -> Scope:
    """Return whose things are asked for; without a word an officer's own, a manager's teams'."""
    return choice_arg("scope", Scope) or _SCOPES.get(actor.role, Scope.ALL)


def cursor_arg(order: Order[Any]) -> Cursor | None:
    """Return where the asked-for page begins; None for the first one."""
    if after := request.args.get("after"):
        return cursor_from(after, forward=True, order=order)
    if before := request.args.get("before"):
        return cursor_from(before, forward=False, order=order)
    return None


def here(**changes: str | None) -> str:
    """Return this page's address with some filters changed, on its first page; None drops one."""
    return there(request.endpoint or "", **changes)


def _is_filter(name: str) -> bool:
    """Tell whether a name in the address is no page, nor a word of `url_for` itself."""
    return name not in _PAGING and name != "endpoint" and not name.startswith("_")


def there(endpoint: str, **changes: str | None) -> str:
    """Return another page's address with this page's filters, some of them changed."""
    args: Mapping[str, Any] = {
        **{name: request.args.getlist(name) for name in request.args if _is_filter(name)},
        **(request.view_args or {}),
        **changes,
    }
    return url_for(endpoint, **{name: value for name, value in args.items() if value})


def download_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Answer with a streamed CSV file called `name`-YYYY-MM-DD.csv.

    A date that cannot be read is refused: the file would hold what nobody asked for.
    """
    if any(unread_day(arg) for arg in request.args):
        abort(HTTPStatus.UNPROCESSABLE_ENTITY)
    response = Response(
        stream_with_context(csv_lines(header, rows)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{name}-{today().isoformat()}.csv"'
    )
    return response
