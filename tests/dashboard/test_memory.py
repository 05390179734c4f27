"""Figures are kept between two openings, and never longer than what they count."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from crm.audit import AuditEntry
from crm.clock import now
from crm.concerns import services as concerns
from crm.concerns.models import Flag, Outcome, Stage
from crm.dashboard.queries.targets import targets_and_stamps
from crm.demo.batch import key_at
from crm.demo.dice import Dice
from crm.follow_ups import services as follow_ups
from crm.memory import Memory
from tests.make import PASSWORD, Make
from tests.page import Browser
from tests.visits.steps import FORM, new_form


def _tiles(officer: Browser) -> list[str]:
    return officer.open("dashboard.index").texts(".tile__number")


def _outcomes(officer: Browser) -> dict[str, str]:
    rows = officer.open("dashboard.index").soup.select("#outcomes tbody tr")
    cells = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in rows]
    return {name: number for name, number, *_days in cells}


def test_what_was_counted_is_not_counted_again(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    officer = browser.signed_in_as(make.officer)
    make.visit()
    first = officer.open("dashboard.index")
    count_queries.clear()

    second = officer.open("dashboard.index")

    assert second.texts("main .number") == first.texts("main .number")
    assert not [sql for sql in count_queries if "FROM visit" in sql or "FROM organisation" in sql]


def test_who_signs_in_and_fetches_a_file_has_nothing_counted_anew(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    officer = browser.signed_in_as(make.officer)
    make.visit()
    officer.open("dashboard.index")
    browser.open("accounts.sign_in").submit(email=make.officer.email, password=PASSWORD)
    officer.download("visits.export")
    count_queries.clear()

    officer.open("dashboard.index")

    assert not [sql for sql in count_queries if "FROM visit" in sql or "FROM organisation" in sql]


def test_a_visit_is_counted_at_once(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    place = make.organisation("Häusler GmbH")
    before = _tiles(officer)

    form = new_form(officer, organisation=place.id)
    saved = form.submit(form=FORM, button="Besuch abschließen", mode="on_site",
                        visited_on=now().strftime("%d.%m.%Y"), summary="Kurz.")  # fmt: skip

    assert saved.url.startswith("/visits/"), saved.texts(".error-summary")
    assert before[0] == "0 Besuche"
    assert _tiles(officer)[0] == "1 Besuche"


def test_a_follow_up_and_a_concern_are_counted_at_once(make: Make, browser: Browser) -> None:
    officer, actor = browser.signed_in_as(make.officer), make.actor()
    follow_up = make.follow_up(due_on=(now() - timedelta(days=3)).date())
    concern = make.concern(flag=Flag.URGENT)
    before = _tiles(officer)

    make.run(lambda: follow_ups.complete(actor, follow_up.id, result=""))
    after_one = _tiles(officer)
    make.run(
        lambda: concerns.move_concern(
            actor, concern.id, version=1, stage=Stage.CLOSED, outcome=Outcome.SOLVED, reason="Ja"
        )
    )

    assert before[1:3] == ["1 Überfällige Wiedervorlagen", "1 Dringende Anliegen"]
    assert after_one[1:3] == ["0 Überfällige Wiedervorlagen", "1 Dringende Anliegen"]
    assert _tiles(officer)[2] == "0 Dringende Anliegen"


def test_an_organisation_is_counted_as_what_it_is_now(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    places = [make.organisation(municipality="Ahausen") for _ in range(3)]
    for place in places:
        make.visit(organisation=place)
    officer.open("dashboard.index", by="municipality")

    for place in places:
        officer.open("organisations.edit", organisation_id=place.id).submit(
            button="Änderungen sichern", municipality="Bedorf"
        )

    page = officer.open("dashboard.index", by="municipality")
    assert [text.split()[0] for text in page.texts("#visits tbody tr")] == ["Bedorf"]


def test_a_follow_up_leaves_the_other_figures_as_they_were_counted(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    officer, actor = browser.signed_in_as(make.officer), make.actor()
    follow_up = make.follow_up()
    officer.open("dashboard.index")
    make.run(lambda: follow_ups.complete(actor, follow_up.id, result=""))
    count_queries.clear()

    officer.open("dashboard.index")

    assert [sql for sql in count_queries if "follow_up.promised" in sql]
    others = ("FROM visit", "FROM organisation", "FROM referral", "concern.outcome AS")
    assert not [sql for sql in count_queries if any(table in sql for table in others)]


def test_a_kept_promise_answers_a_concern_at_once(make: Make, browser: Browser) -> None:
    officer, actor = browser.signed_in_as(make.officer), make.actor()
    concern = make.concern(opened_at=now() - timedelta(days=2))
    promise = make.follow_up(concern_id=concern.id, promised=True)
    before = _outcomes(officer)

    make.run(lambda: follow_ups.complete(actor, promise.id, result=""))

    assert before["mit erster Rückmeldung"] == "0"
    assert _outcomes(officer)["mit erster Rückmeldung"] == "1"


def test_a_visit_leaves_the_figures_of_concerns_and_follow_ups_as_they_were_counted(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    officer = browser.signed_in_as(make.officer)
    visit = make.visit(owner=make.officer, summary="Kurz.")
    officer.open("dashboard.index")
    form = officer.open("visits.edit", visit_id=visit.id)
    form.submit(form=FORM, button="Änderungen sichern", summary="Länger.")
    count_queries.clear()

    officer.open("dashboard.index")

    assert [sql for sql in count_queries if "FROM visit" in sql]
    others = ("FROM referral", "concern.outcome AS", "follow_up.promised")
    assert not [sql for sql in count_queries if any(table in sql for table in others)]


def test_what_a_visit_narrows_is_not_counted_for_others_any_more(
    make: Make, browser: Browser
) -> None:
    owner = make.person(team=make.team(body=make.home_body))
    place = make.organisation()
    visit = make.visit(owner=owner, organisation=place, topics=["outlook"])
    concern = make.concern(owner=owner, organisation=place, flag=Flag.URGENT)
    make.topic_note(visit, "innovation", concern_id=concern.id)
    make.follow_up(owner=owner, visit_id=visit.id, due_on=(now() - timedelta(days=3)).date())
    officer = browser.signed_in_as(make.officer)
    assert _tiles(officer)[1:3] == ["1 Überfällige Wiedervorlagen", "1 Dringende Anliegen"]

    form = browser.signed_in_as(owner).open("visits.edit", visit_id=visit.id)
    form.submit(form=FORM, button="Änderungen sichern", visibility="team")

    assert _tiles(officer)[1:3] == ["0 Überfällige Wiedervorlagen", "0 Dringende Anliegen"]


def test_another_parting_counts_nothing_else(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    officer = browser.signed_in_as(make.officer)
    make.visit()
    officer.open("dashboard.index")
    count_queries.clear()

    page = officer.open("dashboard.index", by="municipality")

    assert page.texts("#visits tbody tr")
    assert len([sql for sql in count_queries if "FROM visit" in sql]) == 1
    assert not [sql for sql in count_queries if "topic_note" in sql or "promised" in sql]


def test_figures_are_kept_for_one_person_alone(make: Make, browser: Browser) -> None:
    make.visit()
    officer = browser.signed_in_as(make.officer)
    assert _tiles(officer)[0] == "1 Besuche"
    abroad = browser.signed_in_as(make.person(team=make.team()))

    assert _tiles(abroad)[0] == "0 Besuche"


def test_a_line_that_is_committed_late_is_noticed(make: Make) -> None:
    """On PostgreSQL the older line of two may be committed after the younger one."""
    actor = make.actor()
    early, late = now() - timedelta(minutes=9), now()

    def add(at_key: object) -> None:
        make._save(
            AuditEntry(id=at_key, at=now(), actor_id=actor.id, action="edited",
                       subject_type="visit", subject_id=actor.id, changes={}, page="")
        )  # fmt: skip

    stamps = [make.run(lambda: targets_and_stamps(actor, 2026))[1]]
    for at in (late, early):
        add(key_at(at, Dice(1)))
        stamps.append(make.run(lambda: targets_and_stamps(actor, 2026))[1])

    assert len(set(stamps)) == 3


def test_the_memory_forgets_what_was_asked_for_longest_ago() -> None:
    memory: Memory[int] = Memory(most=2)
    made = []

    def make_it(value: int) -> int:
        made.append(value)
        return value

    for key in ("a", "b", "a", "c", "b"):
        memory.recall(key, "1", partial(make_it, ord(key)))
    assert made == [ord(key) for key in "abcb"]

    assert memory.recall("c", "2", lambda: make_it(7)) == 7
    assert memory.recall("c", "2", lambda: make_it(8)) == 7
