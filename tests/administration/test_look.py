"""The agency's name, colour and logo: set while the product runs, for everybody at once."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO

import pytest
from werkzeug.datastructures import MultiDict

from crm.agency import colours
from crm.policy import Role
from tests.accounts.links import administrator
from tests.administration.pictures import jpeg, png, webp
from tests.databases import application
from tests.make import Make
from tests.page import HOST, Browser, Page

CANARY = b"<script>Kanarienvogel</script>"
BLUE = "#1f4fa8"


@pytest.fixture
def admin(make: Make, browser: Browser) -> Browser:
    """Give the browser of an administrator without a role."""
    return administrator(make, browser)


def _upload(page: Page, data: bytes, *, name: str = "logo.png") -> Page:
    pairs = page.filled_in("form[enctype]", {})
    sent = MultiDict([*pairs, ("logo", (BytesIO(data), name))])
    answer = page.browser.client.post(
        page.browser.url("agency.set_logo"),
        base_url=HOST,
        headers={"Referer": f"{HOST}/"},
        data=sent,
        follow_redirects=True,
    )
    return Page(page.browser, answer)


def _logo(page: Page) -> str:
    [address] = page.attributes(".brand img", "src")
    return address


# --- name ---------------------------------------------------------------------------------------


def test_the_name_stands_on_every_page_of_everybody_at_once(
    make: Make, admin: Browser, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.person())
    assert officer.open("my_day.index").texts(".brand__agency") == ["Landkreis Musterkreis"]

    admin.open("agency.look").submit(button="Änderungen sichern", name="Standort & Co.")

    for page in (officer.open("my_day.index"), browser.open("accounts.sign_in")):
        assert page.texts(".brand__agency") == ["Standort & Co."]
    [line] = admin.open("agency.look").follow("Was hier geändert wurde").texts("tbody tr")
    assert "Name: – → Standort & Co." in line


def test_another_process_knows_of_it_too(admin: Browser) -> None:
    with application(admin.app.config["CRM"].database_url) as app:
        other = Browser(app)
        assert other.open("accounts.sign_in").texts(".brand__agency") == []

        admin.open("agency.look").submit(button="Änderungen sichern", name="Standort", accent=BLUE)

        page = other.open("accounts.sign_in")
        assert page.texts(".brand__agency") == ["Standort"]
        assert f"/theme/{BLUE[1:]}.css" in page.attributes("link[rel=stylesheet]", "href")


def test_without_a_name_of_its_own_the_body_stands_there_again(
    make: Make, admin: Browser, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.person())
    for name in ("Standort", "  "):
        admin.open("agency.look").submit(button="Änderungen sichern", name=name)

    assert officer.open("my_day.index").texts(".brand__agency") == ["Landkreis Musterkreis"]


@pytest.mark.parametrize("name", ["ä" * 301, "a\x00b", "x" * 1_000_000])
def test_a_name_that_cannot_be_kept_is_refused(name: str, admin: Browser) -> None:
    page = admin.open("agency.look")
    pairs = [(n, v) for n, v in page.filled_in("#look form", {}) if n != "name"]

    refused = admin.post(page.url, [*pairs, ("name", name)], page=page)

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.texts("#name-error")


def test_of_two_who_set_it_for_the_first_time_the_second_is_told(admin: Browser) -> None:
    first, second = (admin.open("agency.look") for _ in range(2))
    first.submit(button="Änderungen sichern", name="Erste")

    refused = second.submit(button="Änderungen sichern", name="Zweite")

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Jemand anderes hat inzwischen" in refused.texts(".error-summary")[0]
    assert refused.texts(".brand__agency") == ["Erste"]
    assert refused.attributes("#name", "value") == ["Zweite"]
    again = refused.submit(button="Änderungen sichern")
    assert again.texts(".brand__agency") == ["Zweite"]
    assert "nichts geändert" in again.submit(button="Änderungen sichern").texts(".flash")[0]


# --- colour -------------------------------------------------------------------------------------


def test_a_colour_reaches_every_page_as_a_style_sheet(admin: Browser) -> None:
    page = admin.open("agency.look").submit(button="Änderungen sichern", accent=" 1F4FA8 ")

    assert page.attributes("#accent", "value") == [BLUE]
    [address] = [a for a in page.attributes("link", "href") if a.startswith("/theme/")]
    sheet = Browser(admin.app).answer("GET", address)
    assert sheet.mimetype == "text/css"
    assert f"--kern-color-action-default: {BLUE}" in sheet.text
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "typed", ["blau", "#12345", "#1234567", "#xyzxyz", "red;}*{x:1", "１f4fa8"]
)
def test_what_is_no_colour_is_refused(typed: str, admin: Browser) -> None:
    page = admin.open("agency.look").submit(button="Änderungen sichern", accent=typed)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("#accent-error")[0].startswith("Das ist keine Farbe.")
    assert page.attributes("#accent", "value") == [typed]
    assert Browser(admin.app).answer("GET", f"/theme/{typed}.css").status_code == 404


@pytest.mark.parametrize("typed", ["#ffcc00", "#ffffff", "#777777"])
def test_a_colour_that_cannot_be_read_is_refused(typed: str, admin: Browser) -> None:
    page = admin.open("agency.look").submit(button="Änderungen sichern", accent=typed)

    assert "4,5 : 1" in page.texts("#accent-error")[0]
    assert admin.answer("GET", f"/theme/{typed[1:]}.css").status_code == 404


@pytest.mark.parametrize("colour", ["#000000", "#1f4fa8", "#8b0000", "#00563b", "#5b2c83"])
def test_on_dark_pages_it_is_light_enough_to_read(colour: str) -> None:
    assert colours.is_readable(colour)
    dark = colours.for_dark_pages(colour)

    assert dark != colour
    assert not colours.is_readable(dark)
    assert colours.read(dark) == dark


# --- logo ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "mimetype"),
    [(png(), "image/png"), (jpeg(), "image/jpeg"), (webp(), "image/webp")],
)
def test_a_logo_stands_on_every_page(
    data: bytes, mimetype: str, make: Make, admin: Browser, browser: Browser
) -> None:
    address = _logo(_upload(admin.open("agency.look"), data))

    assert _logo(browser.signed_in_as(make.person()).open("my_day.index")) == address
    answer = Browser(admin.app).answer("GET", address)
    assert (answer.data, answer.mimetype) == (data, mimetype)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_logo_is_removed(admin: Browser) -> None:
    page = _upload(admin.open("agency.look"), png())
    address = _logo(page)

    after = page.submit(button="Logo entfernen")

    assert after.soup.select(".brand img") == []
    assert admin.answer("GET", address).status_code == HTTPStatus.NOT_FOUND
    lines = after.follow("Was hier geändert wurde").texts("tbody tr")
    assert ["Logo:" in line for line in lines] == [True, True]


def test_another_logo_has_another_address(admin: Browser) -> None:
    first = _upload(admin.open("agency.look"), png(grey=1))
    second = _upload(first, png(grey=2))

    assert _logo(first) != _logo(second)
    assert admin.answer("GET", _logo(first)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("data", [png(told=CANARY), jpeg(told=CANARY)])
def test_what_was_told_in_a_picture_is_left_out(data: bytes, admin: Browser) -> None:
    page = _upload(admin.open("agency.look"), data)

    assert CANARY not in admin.answer("GET", _logo(page)).data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        CANARY,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + CANARY,
        png() + CANARY,
        png()[:-5],
        png().replace(b"IDAT", b"IDAX"),
        b"\x89PNG\r\n\x1a\n" + CANARY,
        jpeg() + CANARY,
        jpeg()[:-3],
        b"\xff\xd8\xff" + CANARY,
        webp() + CANARY,
        webp(told=CANARY),
        b"RIFF\x04\x00\x00\x00WEBP",
        webp()[:4] + b"\x00" * 4 + webp()[8:],
        b"%PDF-1.7\n" + png(),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, admin: Browser) -> None:
    page = _upload(admin.open("agency.look"), data)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("#logo-error")
    assert page.soup.select(".brand img") == []


@pytest.mark.parametrize("data", [png() + b"x" * 200_000, png(width=5_000), jpeg(height=60_000)])
def test_a_picture_that_is_too_large_is_refused(data: bytes, admin: Browser) -> None:
    page = _upload(admin.open("agency.look"), data)

    assert "größer als 200 kB" in page.texts("#logo-error")[0]


def test_of_two_who_upload_the_second_is_told(admin: Browser) -> None:
    first, second = (admin.open("agency.look") for _ in range(2))
    address = _logo(_upload(first, png(grey=1)))

    refused = _upload(second, png(grey=2))

    assert "Jemand anderes hat inzwischen" in refused.texts(".error-summary")[0]
    assert _logo(refused) == address


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER])
def test_who_does_not_run_it_sets_nothing(role: Role, make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person(role))

    assert person.open("agency.look").status == HTTPStatus.FORBIDDEN
    assert (
        person.post("/admin/look", [("version", "0"), ("name", "X")]).status == HTTPStatus.FORBIDDEN
    )
    assert person.post("/admin/look/logo", []).status == HTTPStatus.FORBIDDEN
