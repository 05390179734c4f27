from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.follow_ups.models import FollowUp
from crm.paging import Cursor, Order, Page, count_of, cursor_from, page_of
from tests.make import Make

SOONEST_FIRST: Order[FollowUp] = Order(
    columns=(FollowUp.due_on, FollowUp.id), values=lambda item: (item.due_on, item.id)
)
LATEST_FIRST: Order[FollowUp] = Order(
    columns=(FollowUp.due_on, FollowUp.id),
    values=lambda item: (item.due_on, item.id),
    descending=True,
)
BY_TITLE: Order[FollowUp] = Order(
    columns=(FollowUp.title, FollowUp.id), values=lambda item: (item.title, item.id)
)
ORDERS = (SOONEST_FIRST, LATEST_FIRST, BY_TITLE)


def _titles(page: Page[FollowUp]) -> list[str]:
    return [item.title for item in page.items]


def _page(order: Order[FollowUp], cursor: Cursor | None = None, size: int = 3) -> Page[FollowUp]:
    return page_of(sa.select(FollowUp), order, cursor, size=size)


def _after(page: Page[FollowUp], order: Order[FollowUp]) -> Cursor | None:
    assert page.after is not None
    return cursor_from(page.after, forward=True, order=order)


def _before(page: Page[FollowUp], order: Order[FollowUp]) -> Cursor | None:
    assert page.before is not None
    return cursor_from(page.before, forward=False, order=order)


def _eight(make: Make) -> None:
    """Make eight, of which several are due on the same day."""
    for number in range(8):
        make.follow_up(f"{number} Ä;=", due_on=date(2026, 11, 1) + timedelta(days=number // 3))


@pytest.mark.parametrize("order", ORDERS)
def test_turning_the_pages_shows_every_item_once(
    app: Flask, make: Make, order: Order[FollowUp]
) -> None:
    _eight(make)

    with app.app_context():
        whole = _titles(_page(order, size=100))
        first = _page(order)
        second = _page(order, _after(first, order))
        third = _page(order, _after(second, order))

        assert _titles(first) + _titles(second) + _titles(third) == whole
        assert len(whole) == 8
        assert (first.before, third.after) == (None, None)


@pytest.mark.parametrize("order", ORDERS)
def test_turning_back_shows_the_same_pages(app: Flask, make: Make, order: Order[FollowUp]) -> None:
    _eight(make)

    with app.app_context():
        first = _page(order)
        second = _page(order, _after(first, order))
        third = _page(order, _after(second, order))
        second_again = _page(order, _before(third, order))
        first_again = _page(order, _before(second_again, order))

        assert _titles(second_again) == _titles(second)
        assert _titles(first_again) == _titles(first)
        assert first_again.before is None
        assert first_again.after == first.after


def test_a_full_last_page_leads_nowhere(app: Flask, make: Make) -> None:
    for _ in range(3):
        make.follow_up()

    with app.app_context():
        page = _page(SOONEST_FIRST)

    assert len(page.items) == 3
    assert (page.after, page.before) == (None, None)


def test_an_empty_list_is_a_page_too(app: Flask) -> None:
    with app.app_context():
        assert _page(SOONEST_FIRST) == Page(items=[], after=None, before=None)


def test_a_new_item_does_not_move_the_next_page(app: Flask, make: Make) -> None:
    _eight(make)
    with app.app_context():
        first = _page(SOONEST_FIRST)
        expected = _titles(_page(SOONEST_FIRST, _after(first, SOONEST_FIRST)))
    make.follow_up("dazwischen", due_on=date(2026, 10, 1))

    with app.app_context():
        assert _titles(_page(SOONEST_FIRST, _after(first, SOONEST_FIRST))) == expected


def _forged(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


KEY = "0198c0de-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "====", "ä", "\x00", "a" * 5000, _forged(), _forged(["d", "2026-11-01"]),
        _forged(["d", "2026-11-01"], ["u", KEY], ["u", KEY]), _forged(["d", "nie"], ["u", KEY]),
        _forged(["d", "2026-11-01"], ["u", "nie"]), _forged(["u", KEY], ["d", "2026-11-01"]),
        _forged(["s", "2026-11-01"], ["u", KEY]), _forged(["z", 1], ["u", KEY]), _forged(1, 2),
        _forged(["d", 5], ["u", KEY]), _forged(["d", None], ["u", None]), _forged(["d"], ["u"]),
        _forged(["t", "2026-11-01T00:00:00"], ["u", KEY]), _forged(["d", ["x"]], ["u", {}]),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(), base64.urlsafe_b64encode(b"5").decode(),
        base64.urlsafe_b64encode(b"[" * 200_000).decode(),
        base64.urlsafe_b64encode(b"\xff").decode(),
        base64.urlsafe_b64encode(b'[["d", 1e999], ["u", NaN]]').decode(),
    ],
    ids=lambda text: text[:40] or "empty",
)  # fmt: skip
def test_a_tampered_place_is_the_first_page(text: str) -> None:
    assert cursor_from(text, forward=True, order=SOONEST_FIRST) is None


@pytest.mark.parametrize("title", ["\x00", "\ud800", "a\x00b"])
def test_a_tampered_text_does_not_reach_the_database(title: str) -> None:
    assert cursor_from(_forged(["s", title], ["u", KEY]), forward=True, order=BY_TITLE) is None


def test_a_place_that_is_no_moment_of_ours_is_refused() -> None:
    order: Order[FollowUp] = Order(
        columns=(FollowUp.created_at, FollowUp.id), values=lambda item: (item.created_at, item.id)
    )
    aware = _forged(["t", "2026-11-01T00:00:00+00:00"], ["u", KEY])
    naive = _forged(["t", "2026-11-01T00:00:00"], ["u", KEY])
    too_early = _forged(["t", "0001-01-01T00:00:00+14:00"], ["u", KEY])

    assert cursor_from(aware, forward=True, order=order) is not None
    assert cursor_from(naive, forward=True, order=order) is None
    assert cursor_from(too_early, forward=True, order=order) is None


@pytest.mark.parametrize("number", ["1e999", "100000000000000000000", '"ä"'])
def test_a_number_that_no_column_holds_is_refused(number: str) -> None:
    order: Order[FollowUp] = Order(
        columns=(FollowUp.version, FollowUp.id), values=lambda item: (item.version, item.id)
    )
    forged = base64.urlsafe_b64encode(f'[["i", {number}], ["u", "{KEY}"]]'.encode()).decode()

    assert cursor_from(forged, forward=True, order=order) is None


def test_rows_are_counted(app: Flask, make: Make) -> None:
    _eight(make)

    with app.app_context():
        count = count_of(sa.select(FollowUp).where(FollowUp.due_on > date(2026, 11, 1)))

    assert (count.number, count.is_more) == (5, False)
