from __future__ import annotations

from benchmarks.client import Answer, Page
from benchmarks.measure import Figures
from benchmarks.pages import Budget

HTML = """
<link rel="stylesheet" href="/static/a.css"><script src="/static/b.js"></script>
<form><input name="q"></form>
<form method="post">
  <input type="hidden" name="csrf_token" value="abc">
  <input type="checkbox" name="no" value="y"><input type="checkbox" name="yes" value="y" checked>
  <select name="mode"><option value="a">A</option><option value="b" selected>B</option></select>
  <select name="kind"><option value="c">C</option><option value="d">D</option></select>
  <textarea name="summary">
zwei
Zeilen</textarea>
  <template><input name="line" value="pattern"></template>
  <button name="intent" value="complete">Besuch abschließen</button>
</form>
<a href="?after=xyz">Weiter</a>
"""


def _page(html: str = HTML) -> Page:
    return Page(Answer(200, "", html.encode(), 1.0, 1.0))


def test_a_form_is_read_as_a_browser_would_send_it() -> None:
    assert _page().form == [
        ("csrf_token", "abc"),
        ("yes", "y"),
        ("mode", "b"),
        ("kind", "c"),
        ("summary", "zwei\nZeilen"),
    ]


def test_links_and_files_are_found() -> None:
    page = _page()

    assert page.links == ["?after=xyz"]
    assert page.files == ["/static/a.css", "/static/b.js"]


def test_a_page_without_a_form_has_none() -> None:
    assert _page("<h1>Nichts</h1>").form == []


def test_the_95th_of_100_is_what_all_but_five_stay_within() -> None:
    times = [float(number) for number in range(1, 101)]
    figures = Figures(name="", role="", times=times, cpu=0, kilobytes=0, budget=Budget())

    assert (figures.p50, figures.p95) == (50.5, 95.0)
