"""Small groups: which rows of a table stay hidden, so that nobody reads one company out of them."""

from __future__ import annotations

from collections.abc import Sequence

from crm.dashboard.queries import Row


def hidden_rows(rows: Sequence[Row], *, smallest: int, add_up: bool) -> frozenset[int]:
    """Return the places of the rows that are not to be shown.

    A row about fewer than `smallest` organisations is hidden; a zero tells of nobody.

    add_up  the rows make up a total that is shown. When just one would be hidden, the smallest of
            the others is hidden too: the total less the rest would tell the number
    """
    small = {place for place, row in enumerate(rows) if 0 < row.organisations < smallest}
    if add_up and len(small) == 1 and len(rows) > 1:
        others = [place for place in range(len(rows)) if place not in small]
        small.add(min(others, key=lambda place: (rows[place].number, -place)))
    return frozenset(small)
