"""The page shows the beginning of a long table, its file the whole of it."""

from __future__ import annotations

from tests.make import Make
from tests.page import Browser


def test_the_page_shows_the_largest_rows_and_the_file_holds_all(
    make: Make, browser: Browser
) -> None:
    officer, concern = browser.signed_in_as(make.officer), make.concern()
    for number in range(16):
        make.procedure(concern, office=f"Amt {number:02}")
    make.procedure(concern, office="Amt 15")

    page = officer.open("dashboard.index")
    file = officer.download("dashboard.export", name="procedures").get_data(as_text=True)

    assert page.texts("#procedures tbody th") == ["Amt 15", *(f"Amt {n:02}" for n in range(14))]
    assert "Die 15 größten von 16; die Datei enthält alle." in page.texts("#procedures .hint")
    assert file.count("\r\n") - 1 == 16
