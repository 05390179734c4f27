"""Headers on every answer, whatever it is.

`Browser.answer` looks at them for every test there is; here stands what no other test asks for.
"""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO

import pytest
from werkzeug.datastructures import Headers

from config import Settings
from crm import create_app
from crm.web.access import public
from crm.web.static_files import FOLDER, tree_hash
from tests.databases import SECRET_KEY
from tests.inspection import header_faults
from tests.make import Make
from tests.page import HOST, Browser

A_FILE = next(p for p in sorted(FOLDER.rglob("*.css"))).relative_to(FOLDER).as_posix()


@pytest.mark.gate("H1")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sign-in", 200),
        ("GET", "/", 302),
        ("GET", "//sign-in", 308),
        ("GET", "/sign-in/", 404),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/nirgends", 404),
        ("GET", "/visits/keine-kennung", 404),
        ("POST", "/nirgends", 404),
        ("PUT", "/sign-in", 405),
        ("TRACE", "/sign-in", 405),
        ("OPTIONS", "/sign-in", 200),
        ("HEAD", "/sign-in", 200),
        ("POST", "/sign-in", 400),
        ("POST", "/sign-out", 400),
        ("GET", "/calendar/x.ics", 404),
        ("GET", "/metrics", 200),
        ("GET", f"/static/{tree_hash()}/{A_FILE}", 200),
        ("GET", f"/static/anders/{A_FILE}", 200),
        ("GET", f"/static/{tree_hash()}/nichts.css", 404),
        ("GET", f"/static/{tree_hash()}", 404),
        ("GET", "/static/../config.py", 404),
        ("GET", f"/static/{tree_hash()}/..%2f..%2fconfig.py", 404),
    ],
)
def test_every_answer_has_the_headers(
    method: str, path: str, status: int, browser: Browser
) -> None:
    assert browser.answer(method, path).status_code == status


@pytest.mark.gate("H1")
@pytest.mark.parametrize(
    ("given", "status"),
    [({"Range": "bytes=0-9"}, HTTPStatus.PARTIAL_CONTENT), ({}, HTTPStatus.NOT_MODIFIED)],
)
def test_a_part_and_no_change_have_them_too(
    given: dict[str, str], status: HTTPStatus, browser: Browser
) -> None:
    url = f"/static/{tree_hash()}/{A_FILE}"
    known = {"If-None-Match": browser.answer("GET", url).headers["ETag"]}

    assert browser.answer("GET", url, headers=given or known).status_code == status


@pytest.mark.gate("H1")
def test_a_failure_of_the_program_has_them_too() -> None:
    app = create_app(Settings(secret_key=SECRET_KEY))

    @app.get("/fails")
    @public
    def fails() -> str:
        raise RuntimeError

    assert Browser(app).answer("GET", "/fails").status_code == HTTPStatus.INTERNAL_SERVER_ERROR


GOOD = "__Host-x=1; Secure; HttpOnly; SameSite=Lax; Path=/"


@pytest.mark.defect("H1")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Security-Policy", None),
        ("Content-Security-Policy", "default-src 'none'; script-src 'self' 'unsafe-inline'"),
        ("Cross-Origin-Opener-Policy", None),
        ("Cross-Origin-Resource-Policy", None),
        ("Permissions-Policy", None),
        ("Referrer-Policy", "no-referrer"),
        ("Strict-Transport-Security", None),
        ("X-Content-Type-Options", None),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Cache-Control", None),
        ("Cache-Control", "private"),
        ("Server", "gunicorn"),
        ("Location", "https://evil.example/"),
        ("Location", "//evil.example/"),
        ("Set-Cookie", GOOD.replace("__Host-", "")),
        ("Set-Cookie", GOOD.replace(" Secure;", "")),
        ("Set-Cookie", GOOD.replace(" HttpOnly;", "")),
        ("Set-Cookie", GOOD.replace("Lax", "None")),
        ("Set-Cookie", f"{GOOD}; Domain=example.org"),
    ],
)
def test_what_is_missing_or_wrong_is_found(name: str, value: str | None, browser: Browser) -> None:
    """Or the tests above, and all others, would prove nothing about headers."""
    headers = Headers(browser.answer("GET", "/sign-in").headers)
    assert header_faults(headers) == []

    headers.remove(name)
    if value is not None:
        headers.set(name, value)

    assert len(header_faults(headers)) > 0


def test_pages_of_people_are_kept_nowhere(make: Make, browser: Browser) -> None:
    person = browser.signed_in_as(make.person())

    answer = person.answer("GET", "/account")

    assert answer.headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_under_their_present_address_only(browser: Browser) -> None:
    present = browser.answer("GET", f"/static/{tree_hash()}/{A_FILE}")
    past = browser.answer("GET", f"/static/abc123/{A_FILE}")

    assert "immutable" in present.headers["Cache-Control"]
    assert past.headers["Cache-Control"] == "no-cache"


def _parts(*texts: str) -> bytes:
    """Return a form as browsers send it with files, one part for each text."""
    head = 'Content-Disposition: form-data; name="email"'
    return "".join(f"--x\r\n{head}\r\n\r\n{text}\r\n" for text in texts).encode() + b"--x--"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"email=" + b"x" * 5_000_000, "application/x-www-form-urlencoded"),
        (_parts("x" * 2_500_000), "multipart/form-data; boundary=x"),
        (_parts(*["x"] * 5_001), "multipart/form-data; boundary=x"),
    ],
    ids=["body", "part", "parts"],
)
def test_a_request_that_is_too_large_is_told_so(body: bytes, kind: str, browser: Browser) -> None:
    length = {"Content-Length": str(len(body))}

    answer = browser.answer(
        "POST", "/sign-in", input_stream=BytesIO(body), content_type=kind, headers=length
    )

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_without_tls_nothing_is_said_about_tls(browser: Browser) -> None:
    answer = browser.client.get("/sign-in", base_url=HOST.replace("https", "http"))

    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.gate("H1")
@pytest.mark.parametrize("host", ["evil.example", "crm.example.org.evil.example", "a b", ""])
@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/metrics", "/nirgends"])
def test_under_a_foreign_name_nothing_answers(path: str, host: str) -> None:
    settings = Settings(trusted_hosts=("crm.example.org",), secret_key=SECRET_KEY)
    client = create_app(settings, testing=True).test_client()

    answer = client.get(path, base_url="https://localhost", headers={"Host": host})

    assert answer.status_code == 400
    assert "example" not in answer.text
    assert header_faults(answer.headers) == []
    assert client.get("/healthz", base_url="https://crm.example.org").status_code == 200
