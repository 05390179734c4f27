"""The board: columns and cards, and what they hold."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from crm.clock import now, today
from crm.concerns.models import Concern, Flag, Stage
from crm.db import transaction
from crm.organisations.models import OrganisationKind
from crm.policy import Role
from crm.referrals.models import ReferralResult
from crm.visibility import Visibility
from tests.concerns.steps import cards, head, let_help
from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import Browser


def test_each_concern_stands_in_the_column_of_its_stage(make: Make, browser: Browser) -> None:
    me, organisation = make.person(), make.organisation("Beispielwerk GmbH")
    late = today() - timedelta(days=2)
    make.concern("Später", owner=me, organisation=organisation)
    make.concern(
        "Überfällig", owner=me, flag=Flag.URGENT, first_response_due_on=late, topic="succession"
    )
    make.concern("Beim Amt", owner=me, stage=Stage.WITH_PARTNER)
    make.concern("Fertig", owner=me, stage=Stage.CLOSED, jobs_secured=12, jobs_created=1)

    page = browser.signed_in_as(me).open("concerns.board")

    assert page.texts("h1") == ["Anliegen"]
    assert page.texts(".board__head h2") == [
        "Neu",
        "In Klärung",
        "In Arbeit",
        "Beim Partner",
        "Abgeschlossen letzte 30 Tage",
    ]
    assert cards(page, "new") == ["Überfällig", "Später"]
    assert page.texts("#column-new .card")[0] == (
        "Überfällig Musterbetrieb 1 GmbH 2 Tage überfällig Dringend · Nachfolge Ich"
        " Verschieben : Überfällig In Klärung In Arbeit Beim Partner Abschließen …"
    ).replace("Musterbetrieb 1 GmbH", page.texts("#column-new .card__place")[0])
    assert page.texts("#column-new .card__place")[1] == "Beispielwerk GmbH"
    assert "seit heute" in page.texts("#column-with_partner .card")[0]
    assert page.texts("#column-closed .kern-badge") == [
        "gelöst · 12 Arbeitsplätze gesichert · 1 Arbeitsplatz geschaffen"
    ]
    assert [head(page, stage) for stage in ("new", "clarifying", "closed")] == [["2"], ["0"], ["1"]]


def test_what_was_closed_long_ago_has_left_the_board(make: Make, browser: Browser) -> None:
    me = make.person()
    for days in (29, 31):
        make.concern(
            f"Vor {days} Tagen", owner=me, stage=Stage.CLOSED, closed_at=now() - timedelta(days)
        )

    page = browser.signed_in_as(me).open("concerns.board")

    assert cards(page, "closed") == ["Vor 29 Tagen"]


def test_a_card_says_which_partner_is_to_answer_next(make: Make, browser: Browser) -> None:
    me = make.person()
    concern = make.concern("Beim Amt", owner=me, stage=Stage.WITH_PARTNER)
    chamber, office = (
        make.organisation(name, kind=OrganisationKind.PARTNER) for name in ("Kammer", "Bauamt")
    )
    soon = today() + timedelta(days=3)
    make.referral(concern, partner=chamber, answer_due_on=soon)
    make.referral(concern, partner=office, answer_due_on=soon + timedelta(days=1))
    make.referral(concern, partner=office, answer_due_on=today(), result=ReferralResult.HELPED)

    (card,) = browser.signed_in_as(me).open("concerns.board").texts("#column-with_partner .card")

    assert f"Kammer · Rückmeldung bis {soon:%d.%m.%Y}" in card
    assert "Bauamt" not in card


@pytest.mark.parametrize(
    ("solution", "badge", "below"),
    [
        (30, "Rückmeldung 2 Tage überfällig", "Kammer"),
        (-4, "4 Tage überfällig", "Kammer\nRückmeldung 2 Tage überfällig"),
    ],
)
def test_a_card_says_by_how_much_a_partners_answer_is_late(
    solution: int, badge: str, below: str, make: Make, browser: Browser
) -> None:
    me = make.person()
    concern = make.concern(
        "Beim Amt",
        owner=me,
        stage=Stage.WITH_PARTNER,
        first_responded_at=now(),
        resolution_due_on=today() + timedelta(solution),
    )
    chamber = make.organisation("Kammer", kind=OrganisationKind.PARTNER)
    make.referral(concern, partner=chamber, answer_due_on=today() - timedelta(2))

    page = browser.signed_in_as(me).open("concerns.board")

    card = page.soup.select_one("#column-with_partner .card")
    assert card is not None
    frame, meta = card.select_one(".kern-badge--danger"), card.select(".card__meta")[-1]
    assert frame is not None
    assert frame.get_text(strip=True) == badge
    assert meta.get_text().startswith(below)


def test_board_and_list_have_the_same_filter(make: Make, browser: Browser) -> None:
    me, colleague = make.person(), make.person()
    organisation = make.organisation("Häusler", municipality="Kleinstadt")
    wanted = make.concern(
        "Gesucht",
        owner=colleague,
        organisation=organisation,
        topic="succession",
        flag=Flag.URGENT,
        first_response_due_on=today() - timedelta(days=1),
    )
    let_help(make, wanted, me.id)
    make.concern("Eigenes", owner=me)
    make.concern("Anderer Leute", owner=colleague)
    mine = browser.signed_in_as(me)

    assert cards(mine.open("concerns.board"), "new") == ["Gesucht", "Eigenes"]
    for values in (
        {"topic": str(make.topic("succession").id)},
        {"flag": "urgent"},
        {"organisation": str(organisation.id)},
        {"late": "1"},
        {"q": "haeus"},
        {"municipality": "Kleinstadt"},
    ):
        board = mine.open("concerns.board", scope="all", **values)
        assert cards(board, "new") == ["Gesucht"], values
        assert board.follow("Liste").texts("tbody th a") == ["Gesucht"], values
    assert len(cards(mine.open("concerns.board", scope="all"), "new")) == 3
    listed = mine.open("concerns.index", q="gesu", stage="closed", sort="newest")
    assert cards(listed.follow("Tafel"), "new") == ["Gesucht"]


def test_what_is_hidden_is_neither_a_card_nor_counted(make: Make, browser: Browser) -> None:
    hidden = make.concern("Für die Leitung", owner=make.person(), visibility=Visibility.MANAGERS)
    make.concern("Fremd", owner=make.person(team=make.team()))
    make.concern("Für alle", owner=make.person())
    officer = make.person()
    let_help(make, hidden, officer.id)

    page = browser.signed_in_as(officer).open("concerns.board", scope="all")

    assert cards(page, "new") == ["Für alle"]
    assert head(page, "new") == ["1"]
    assert browser.signed_in_as(officer).open("concerns.board").texts(".card") == []


def test_a_column_goes_on_by_key(make: Make, browser: Browser) -> None:
    me, day = make.person(), today()
    for number in range(34):
        make.concern(
            f"Nummer {number}",
            owner=me,
            first_response_due_on=day + timedelta(days=number // 3),
        )
    make.concern("Steht", owner=me, stage=Stage.CLARIFYING)
    mine = browser.signed_in_as(me)

    first = mine.open("concerns.board")
    second = first.follow("Weitere zeigen : Neu")
    third = second.follow("Weitere zeigen : Neu")

    found = [cards(page, "new") for page in (first, second, third)]
    assert [len(part) for part in found] == [15, 15, 4]
    assert len(set(itertools.chain(*found))) == 34
    assert head(third, "new") == ["34"]
    assert "Weitere zeigen" not in third.text
    # The other columns stay where they begin
    assert cards(third, "clarifying") == ["Steht"]
    assert cards(third.follow("Zum Anfang der Spalte"), "new") == found[0]
    fragment = mine.answer("GET", first.links["Weitere zeigen : Neu"].replace("?", "?part=cards&"))
    assert "<html" not in fragment.text
    assert all(title in fragment.text for title in found[1])


def test_many_are_not_counted_to_the_end(make: Make, browser: Browser) -> None:
    me, concern = make.person(), make.concern()
    columns = {c.name: getattr(concern, c.name) for c in Concern.__table__.columns}
    del columns["id"], columns["next_due_on"]
    columns["owner_id"] = me.id

    def fill() -> None:
        with transaction() as session:
            session.add_all([Concern(**columns) for _ in range(1001)])

    make.run(fill)

    page = browser.signed_in_as(me).open("concerns.board")

    assert head(page, "new") == ["über 1.000"]


@pytest.mark.parametrize("rows", [1, 70])
def test_the_board_asks_the_same_number_of_queries(
    rows: int, make: Make, browser: Browser, count_queries: list[str]
) -> None:
    helper = make.person()
    for number in range(rows):
        let_help(make, make.concern(stage=list(Stage)[number % 5]), helper.id)
    manager = browser.signed_in_as(make.person(Role.MANAGER))
    count_queries.clear()

    page = manager.open("concerns.board", scope="all")

    assert len(page.soup.select(".card")) == rows
    assert len(count_queries) == 9, "\n".join(count_queries)
    count_queries.clear()
    again = manager.open("concerns.board", scope="all")
    assert again.texts(".card") == page.texts(".card")
    assert len(count_queries) == 3, "\n".join(count_queries)


def test_a_change_is_on_the_board_at_once_and_nobody_sees_what_another_sees(
    make: Make, browser: Browser
) -> None:
    officer, reader = make.person(), make.person(Role.READER)
    concern = make.concern("Halle gesucht", owner=officer, visibility=Visibility.TEAM)
    me, other = browser.signed_in_as(officer), browser.signed_in_as(make.person(team=make.team()))
    before = me.open("concerns.board", scope="all")
    assert before.texts(".card__title") == ["Halle gesucht"]
    assert other.open("concerns.board", scope="all").texts(".card__title") == []
    assert browser.signed_in_as(reader).open("concerns.board", scope="all").status == 200

    page = me.open("concerns.edit", concern_id=concern.id)
    page.submit(form="main form", title="Halle gefunden")

    assert me.open("concerns.board", scope="all").texts(".card__title") == ["Halle gefunden"]


@pytest.mark.parametrize("text", [text for text in NAUGHTY if text.strip()][::7])
def test_any_title_is_shown_as_it_is(text: str, make: Make, browser: Browser) -> None:
    me = make.person()
    make.concern(text, owner=me)

    page = browser.signed_in_as(me).open("concerns.board")

    assert cards(page, "new") == [" ".join(text.split())]


def test_an_empty_board_says_where_concerns_come_from(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.person())

    mine = officer.open("concerns.board")
    filtered = officer.open("concerns.board", q="gibtesnicht")

    assert mine.texts(".empty .strong") == ["Hier ist kein Anliegen offen."]
    assert filtered.texts(".empty .strong") == ["Kein Anliegen passt zu diesen Filtern."]
    assert filtered.follow("Filter zurücksetzen").status == 200


# --- moving ---------------------------------------------------------------------------------------
