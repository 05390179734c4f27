"""The list of follow-ups: whose, until when, and as a file."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from crm.clock import today
from crm.policy import Role
from crm.visibility import Visibility
from tests.make import Make
from tests.page import Browser, Page

TITLES = "tbody th a"


def titles(page: Page) -> list[str]:
    return page.texts(TITLES)


def test_an_officer_begins_with_what_is_theirs_to_do(make: Make, browser: Browser) -> None:
    me, colleague = make.person(), make.person()
    make.follow_up("Meine", owner=colleague, assignees=[me])
    make.follow_up("Ihre", owner=me, assignees=[colleague])

    page = browser.signed_in_as(me).open("follow_ups.index")

    assert titles(page) == ["Meine"]
    assert page.texts(".result-line strong") == ["1 Wiedervorlage"]


def test_a_manager_begins_with_the_teams_they_lead(make: Make, browser: Browser) -> None:
    body = make.body()
    led, own, other = (make.team(body=body) for _ in range(3))
    officer, stranger = make.person(team=led), make.person(team=other)
    make.follow_up("Vom Team gesetzt", owner=officer)
    make.follow_up("Dem Team gegeben", owner=stranger, assignees=[officer])
    make.follow_up("Anderswo", owner=stranger)
    manager = make.person(Role.MANAGER, team=own, leads=[led])

    page = browser.signed_in_as(manager).open("follow_ups.index")

    assert sorted(titles(page)) == ["Dem Team gegeben", "Vom Team gesetzt"]


def test_all_shows_what_the_body_may_see(make: Make, browser: Browser) -> None:
    make.follow_up("Für alle", owner=make.person())
    make.follow_up("Für die Leitung", owner=make.person(), visibility=Visibility.MANAGERS)
    make.follow_up("Fremd", owner=make.person(team=make.team()))

    page = browser.signed_in_as(make.person()).open("follow_ups.index", scope="all")

    assert titles(page) == ["Für alle"]
    assert page.texts(".result-line strong") == ["1 Wiedervorlage"]


def test_who_has_to_do_it_sees_it_but_not_where_it_comes_from(make: Make, browser: Browser) -> None:
    owner, me = make.person(), make.person()
    visit = make.visit(owner=owner, visibility=Visibility.MANAGERS)
    concern = make.concern(owner=owner, visibility=Visibility.MANAGERS)
    follow_up = make.follow_up(
        "Vertraulich",
        owner=owner,
        assignees=[me],
        visibility=Visibility.MANAGERS,
        visit_id=visit.id,
        concern_id=concern.id,
    )

    seen = browser.signed_in_as(me)

    for page in (
        seen.open("follow_ups.index"),
        seen.open("follow_ups.show", follow_up_id=follow_up.id),
        seen.open("my_day.index"),
    ):
        assert "Vertraulich" in page.text
        assert str(visit.id) not in page.text
        assert str(concern.id) not in page.text
        assert concern.title not in page.text


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("", ["Gestern", "Heute", "Sonntag", "In zwei Wochen"]),
        ("overdue", ["Gestern"]),
        ("today", ["Heute"]),
        ("done", ["Fertig"]),
    ],
)
def test_the_list_can_be_narrowed_by_date(
    due: str, expected: list[str], make: Make, browser: Browser
) -> None:
    me, day = make.person(), today()
    sunday = max(day + timedelta(days=6 - day.weekday()), day)
    make.follow_up("In zwei Wochen", owner=me, due_on=day + timedelta(days=14))
    make.follow_up("Sonntag", owner=me, due_on=sunday + timedelta(days=sunday == day))
    make.follow_up("Heute", owner=me, due_on=day)
    make.follow_up("Gestern", owner=me, due_on=day - timedelta(days=1))
    make.follow_up("Fertig", owner=me, due_on=day, done=True)

    page = browser.signed_in_as(me).open("follow_ups.index", due=due)

    assert titles(page) == expected


def test_this_week_ends_on_sunday(make: Make, browser: Browser) -> None:
    me, day = make.person(), today()
    sunday = day + timedelta(days=6 - day.weekday())
    make.follow_up("Noch diese Woche", owner=me, due_on=sunday)
    make.follow_up("Nächste Woche", owner=me, due_on=sunday + timedelta(days=1))

    page = browser.signed_in_as(me).open("follow_ups.index", due="week")

    assert titles(page) == ["Noch diese Woche"]


@pytest.mark.parametrize(
    "text", ["häus", "haeus", "HÄUSLER", "angebot prüf", "Angebot Prüfen", "%"]
)
def test_parts_of_words_and_umlauts_are_found(text: str, make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation("Häusler GmbH")
    make.follow_up("Angebot prüfen", owner=me, organisation_id=organisation.id)
    make.follow_up("Etwas anderes", owner=me)

    page = browser.signed_in_as(me).open("follow_ups.index", q=text)

    assert titles(page) == ([] if text == "%" else ["Angebot prüfen"])


def test_a_list_of_another_person_has_no_total(make: Make, browser: Browser) -> None:
    me, colleague = make.person(), make.person()
    make.follow_up("Ihre", owner=colleague)
    mine = browser.signed_in_as(me)

    of_colleague = mine.open("follow_ups.index", scope="all", person=str(colleague.id))
    of_me = mine.open("follow_ups.index", scope="all", person=str(me.id))

    assert titles(of_colleague) == ["Ihre"]
    assert of_colleague.texts(".result-line strong") == [""]
    assert "1 Wiedervorlage" not in of_colleague.text
    assert of_me.texts(".result-line strong") == ["0 Wiedervorlagen"]


def test_the_filters_of_an_organisation_stay_with_the_form(make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation("Beispielwerk")
    make.follow_up("Dort", owner=me, organisation_id=organisation.id)
    make.follow_up("Woanders", owner=me)
    page = browser.signed_in_as(me).open("follow_ups.index", organisation=str(organisation.id))

    narrowed = page.submit(button="Filtern", q="Dort")

    assert titles(page) == titles(narrowed) == ["Dort"]
    assert "Beispielwerk" in narrowed.texts(".result-line")[0]


@pytest.mark.parametrize(
    "query", ["scope=x", "due=%00", "person=1", "organisation=zz", "after=bad", "sort=;", "q=%ff"]
)
def test_what_no_filter_offers_is_ignored(query: str, make: Make, browser: Browser) -> None:
    page = browser.signed_in_as(make.person()).open_url(f"/follow-ups?{query}")

    assert page.status == 200


def test_pages_follow_by_key(make: Make, browser: Browser) -> None:
    me = make.person()
    for number in range(53):
        make.follow_up(f"Nr. {number:02}", owner=me, due_on=today() + timedelta(days=number // 10))
    first = browser.signed_in_as(me).open("follow_ups.index")

    second = first.follow("Nächste Seite")

    assert first.texts(".result-line strong") == ["53 Wiedervorlagen"]
    assert titles(first) + titles(second) == [f"Nr. {number:02}" for number in range(53)]
    assert titles(second.follow("Vorige Seite")) == titles(first)


def test_the_latest_can_come_first(make: Make, browser: Browser) -> None:
    me = make.person()
    make.follow_up("Bald", owner=me, due_on=today())
    make.follow_up("Später", owner=me, due_on=today() + timedelta(days=3))

    page = browser.signed_in_as(me).open("follow_ups.index").follow("Bis wann")

    assert titles(page) == ["Später", "Bald"]


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_asks_the_same_number_of_queries(
    rows: int, make: Make, browser: Browser, count_queries: list[str]
) -> None:
    manager = make.person(Role.MANAGER)
    _fill(make, rows)
    reader = browser.signed_in_as(manager)
    count_queries.clear()

    page = reader.open("follow_ups.index", scope="all")

    assert len(titles(page)) == rows
    assert len(count_queries) == 8, "\n".join(count_queries)


def _fill(make: Make, rows: int) -> None:
    visit = make.visit(topics=["outlook"])
    concern = make.concern()
    for _ in range(rows):
        make.follow_up(
            organisation_id=visit.organisation_id, visit_id=visit.id, concern_id=concern.id
        )


def _rows_of(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_the_file_holds_what_the_list_shows(make: Make, browser: Browser) -> None:
    me, organisation = make.person(name="Ina Muster"), make.organisation("Häusler")
    make.follow_up(
        "=HYPERLINK(1)",
        owner=me,
        due_on=date(2026, 11, 30),
        promised=True,
        organisation_id=organisation.id,
    )
    make.follow_up("Nicht gesucht", owner=me)

    answer = browser.signed_in_as(me).download("follow_ups.export", q="hyper")

    assert answer.mimetype == "text/csv"
    assert "wiedervorlagen-" in answer.headers["Content-Disposition"]
    header, *rows = _rows_of(answer.get_data(as_text=True))
    wanted = ["Was", "Organisation", "Wer", "Bis wann", "Zugesagt"]
    assert [name for name in header if name in wanted] == wanted
    assert [[row[header.index(name)] for name in wanted] for row in rows] == [
        ["'=HYPERLINK(1)", "Häusler", "Ina Muster", "30.11.2026", "ja"]
    ]


def test_the_file_is_complete_beyond_a_page(make: Make, browser: Browser) -> None:
    me = make.person()
    for _ in range(60):
        make.follow_up(owner=me)

    answer = browser.signed_in_as(me).download("follow_ups.export")

    assert len(_rows_of(answer.get_data(as_text=True))) == 61


def test_readers_see_the_list_but_no_buttons_and_no_file(make: Make, browser: Browser) -> None:
    follow_up = make.follow_up("Für alle")
    reader = browser.signed_in_as(make.person(Role.READER))

    page = reader.open("follow_ups.index")

    assert titles(page) == ["Für alle"]
    assert page.soup.select("main form[method=post]") == []
    assert "follow-ups/new" not in page.text
    assert reader.download("follow_ups.export").status_code == 403
    assert reader.open("follow_ups.show", follow_up_id=follow_up.id).status == 200


def test_an_officer_of_another_team_sees_but_has_no_buttons(make: Make, browser: Browser) -> None:
    body = make.body()
    ours, theirs = make.team(body=body), make.team(body=body)
    make.follow_up("Für alle", owner=make.person(team=theirs))

    page = browser.signed_in_as(make.person(team=ours)).open("follow_ups.index", scope="all")

    assert titles(page) == ["Für alle"]
    assert page.soup.select("tbody form") == []


def test_the_empty_list_says_what_comes_next(make: Make, browser: Browser) -> None:
    page = browser.signed_in_as(make.person()).open("follow_ups.index")

    assert page.texts(".empty .strong") == ["Nichts ist offen."]
    assert page.follow("Wiedervorlage anlegen").status == 200


def test_naughty_text_is_shown_as_it_is(make: Make, browser: Browser) -> None:
    me = make.person()
    text = "<script>alert(1)</script> {{ 7*7 }} \u202e ’; DROP TABLE"
    make.follow_up(text, owner=me)

    page = browser.signed_in_as(me).open("follow_ups.index")

    assert page.soup.select(TITLES)[0].get_text() == text
