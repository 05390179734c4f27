"""Small groups are hidden, and cannot be computed from what is told."""

from __future__ import annotations

from crm.reports.figures import HIDDEN, Figures, Naming, Row, Section, Table, parted, tally, told
from crm.reports.models import Chapter
from crm.types import new_id

A, B, C, D, E, F, G = (new_id() for _ in range(7))


def test_two_organisations_are_a_small_group_and_three_are_none() -> None:
    assert tally([A, A, A, B]).value == HIDDEN
    assert tally([A, B, C]).value == 3


def test_nothing_is_told_as_nothing() -> None:
    assert tally([]).value == 0
    assert told(7, []) == 7


def test_a_value_of_two_organisations_is_not_told() -> None:
    assert told(12.5, [A, B, A]) == HIDDEN
    assert told(12.5, [A, B, C]) == 12.5


def test_a_single_hidden_part_takes_the_smallest_other_one_with_it() -> None:
    small, middle, large = tally([A]), tally([B, C, D]), tally([D, E, F, G])

    assert parted([large, small, middle]) == [4, HIDDEN, HIDDEN]


def test_parts_of_the_same_few_organisations_take_another_one_with_them() -> None:
    """From the sum and the rest one would learn what the two of them did together."""
    first, second, large = tally([A, B]), tally([A]), tally([C, D, E])

    assert parted([first, second, large]) == [HIDDEN, HIDDEN, HIDDEN]


def test_two_small_parts_of_different_organisations_hide_each_other() -> None:
    assert parted([tally([A, B]), tally([C]), tally([D, E, F])]) == [HIDDEN, HIDDEN, 3]


def test_without_a_small_part_all_are_told() -> None:
    assert parted([tally([A, B, C]), tally([])]) == [3, 0]


def test_an_empty_part_hides_nobody() -> None:
    assert parted([tally([A]), tally([])]) == [HIDDEN, 0]


def test_stored_figures_are_read_as_they_were() -> None:
    figures = Figures(
        sections=(
            Section(
                chapter=Chapter.CARE,
                municipality="Musterstadt",
                tables=(
                    Table(
                        key="topics",
                        columns=("period", "before"),
                        rows=(Row(key="sites", name={"de": "Flächen"}, values=(3, HIDDEN)),),
                    ),
                ),
                namings=(Naming(key="visited", rows=(("Muster GmbH", "Musterstadt"),)),),
            ),
        ),
        is_empty=False,
    )

    assert Figures.from_json(figures.to_json()) == figures
