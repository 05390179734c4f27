"""Teams and the bodies they belong to: made, renamed, moved and closed by who sees no content."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest

from crm.accounts.models import Team
from crm.accounts.queries import find_team
from crm.accounts.services import Rights, change_rights
from crm.clock import now
from crm.errors import Conflict
from crm.policy import Role
from crm.types import new_id
from crm.visibility import Visibility
from crm.visits.models import VisitStatus
from tests.accounts.links import administrator
from tests.make import Make
from tests.naughty import NAUGHTY
from tests.page import Browser, Page

# Those that the inspection of a page would take for a fault of ours
_NAMES = [name for name in NAUGHTY if name not in {"None", "javascript:alert(1)"}][::3]


@pytest.fixture
def admin(make: Make, browser: Browser) -> Browser:
    """Give the browser of an administrator without a role."""
    return administrator(make, browser)


def _page(admin: Browser, team: Team) -> Page:
    return admin.open("administration.team", team_id=team.id)


def _stored(make: Make, team: Team) -> Team:
    found = make.run(lambda: find_team(team.id))
    assert found is not None
    return found


def test_the_list_shows_the_teams_of_each_body(make: Make, admin: Browser) -> None:
    make.person(team=make.home)
    make.person(team=make.home, password_hash=None)
    make.person(team=make.home, deactivated_at=now())
    make.body("Stadt Ohneteam")

    page = admin.open("administration.index").follow("Teams und Träger")

    assert page.texts("main h2") == ["Landkreis Musterkreis", "Stadt Ohneteam"]
    assert page.texts("tbody tr") == ["Wirtschaftsförderung 2 offen"]
    assert "Noch kein Team." in page.texts("main")[0]


def test_a_body_and_its_team_are_made(make: Make, admin: Browser) -> None:
    bodies = admin.open("administration.new_body").submit(name="Stadt Neu", land="BY")
    page = bodies.follow("Team anlegen").submit(name="Team Nord")

    assert page.texts("h1") == ["Team Nord"]
    assert "Stadt Neu" in page.texts("#facts")[0]
    log = admin.open("administration.audit_log", action="added").texts("tbody tr")
    assert ["Team" in log[0], "Träger" in log[1]] == [True, True]


def test_a_second_click_makes_no_second_team(make: Make, admin: Browser) -> None:
    _ = make.home
    form = admin.open("administration.new_team")

    pages = [form.submit(name="Team Nord") for _ in range(2)]

    assert [page.texts("h1") for page in pages] == [["Team Nord"]] * 2
    assert admin.open("administration.teams").texts("tbody th").count("Team Nord") == 1


@pytest.mark.parametrize(
    "name", ["Wirtschaftsförderung", " wirtschaftsfoerderung ", "WIRTSCHAFTSFÖRDERUNG"]
)
def test_two_teams_of_a_body_have_two_names(name: str, make: Make, admin: Browser) -> None:
    other = make.team("Team Süd", body=make.home_body)
    _ = make.home

    made = admin.open("administration.new_team").submit(name=name)
    renamed = _page(admin, other).submit(button="Name sichern", name=name)

    for page in (made, renamed):
        assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert page.texts("#name-error") == ["Diesen Namen gibt es schon."]
    assert make.team("Wirtschaftsförderung").name == "Wirtschaftsförderung"  # of another body


def test_two_bodies_have_two_names(make: Make, admin: Browser) -> None:
    body = make.body("Stadt Neu")
    _ = make.home

    made = admin.open("administration.new_body").submit(name="stadt neu", land="BY")
    renamed = admin.open("administration.body", body_id=body.id).submit(
        name="Landkreis Musterkreis"
    )

    for page in (made, renamed):
        assert page.texts("#name-error") == ["Diesen Namen gibt es schon."]


@pytest.mark.parametrize("name", ["", "  ", "ä" * 301, "x" * 1_000_000, "a\x00b", *_NAMES])
def test_any_name_is_kept_as_it_is_or_refused(name: str, make: Make, admin: Browser) -> None:
    page = _page(admin, make.home)
    pairs = [(n, v) for n, v in page.filled_in("#rename form", {}) if n != "name"]

    after = admin.post(page.url, [*pairs, ("name", name)], page=page)

    stored = _stored(make, make.home).name
    if after.status == HTTPStatus.OK:
        assert stored == name.strip()
        assert after.texts("h1") == [" ".join(stored.split())]
    else:
        assert after.status in {
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        }
        assert stored == "Wirtschaftsförderung"


def test_a_new_name_stands_in_the_log(make: Make, admin: Browser) -> None:
    after = _page(admin, make.home).submit(button="Name sichern", name="Standort & Wirtschaft")

    assert after.texts("h1") == ["Standort & Wirtschaft"]
    [line] = after.follow("Was mit diesem Team geschah").texts("tbody tr")
    assert "Name: Wirtschaftsförderung → Standort & Wirtschaft" in line
    assert "Anna Amt" in line


def test_of_two_who_rename_the_second_is_told(make: Make, admin: Browser) -> None:
    first, second = (_page(admin, make.home) for _ in range(2))
    first.submit(button="Name sichern", name="Erste")

    refused = second.submit(button="Name sichern", name="Zweite")

    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Jemand anderes hat inzwischen" in refused.texts(".error-summary")[0]
    assert refused.texts("h1") == ["Erste"]
    assert refused.attributes("#name", "value") == ["Zweite"]
    assert refused.submit(button="Name sichern").texts("h1") == ["Zweite"]


def test_another_land_has_other_holidays(make: Make, admin: Browser) -> None:
    body = make.home_body

    admin.open("administration.body", body_id=body.id).submit(land="BY")

    assert make.actor().land == "BY"
    [line] = admin.open("administration.audit_log", subject=body.id).texts("tbody tr")
    assert "Land: ST → BY" in line


# --- closing ------------------------------------------------------------------------------------


def test_a_team_with_nobody_and_nothing_open_is_closed_and_opened(
    make: Make, admin: Browser
) -> None:
    team = make.team("Team Süd", body=make.home_body)
    left = make.person(team=team, deactivated_at=now())
    make.visit(owner=left)

    closed = _page(admin, team).submit(button="Team schließen")

    assert "geschlossen" in closed.texts("#facts")[0]
    offered = admin.open("administration.invite").texts("#team option")
    assert not any("Team Süd" in option for option in offered)
    opened = closed.submit(button="Team wieder öffnen")
    assert "offen" in opened.texts("#facts")[0]
    log = admin.open("administration.audit_log", subject=team.id).texts("tbody tr")
    assert ["Team wieder geöffnet" in log[0], "Team geschlossen" in log[1]] == [True, True]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (lambda m, t: m.person(team=t, password_hash=None), "Noch 1 Person"),
        (lambda m, t: m.concern(owner=_left(m, t)), "Offen: 1 Anliegen"),
        (lambda m, t: m.follow_up(owner=_left(m, t)), "Offen: 1 Wiedervorlage"),
        (lambda m, t: m.visit(VisitStatus.PLANNED, owner=_left(m, t)), "Offen: 1 Besuch"),
    ],
)
def test_a_team_in_use_stays_open(what: Any, said: str, make: Make, admin: Browser) -> None:
    team = make.team("Team Süd", body=make.home_body)
    what(make, team)

    page = _page(admin, team)
    answer = admin.post(f"{page.url}/close", [])

    assert said in page.texts("#closing")[0]
    assert page.soup.select("#closing form") == []
    assert answer.status == HTTPStatus.CONFLICT
    assert "lässt sich noch nicht schließen" in answer.text
    assert _stored(make, team).closed_at is None


def _left(make: Make, team: Team) -> Any:
    return make.person(team=team, deactivated_at=now())


def test_nobody_joins_a_closed_team(make: Make, admin: Browser) -> None:
    team = make.team("Team Süd", body=make.home_body)
    person, left = make.person(), _left(make, team)
    rights = admin.open("administration.person", person_id=person.id)
    back = admin.open("administration.person", person_id=left.id)
    _page(admin, team).submit(button="Team schließen")

    joined = rights.submit(button="Rechte sichern", team=str(team.id))
    opened = back.submit(button="Konto wieder öffnen")

    assert joined.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert make.actor(person).team_id == make.home.id
    assert opened.status == HTTPStatus.CONFLICT
    assert "Dieses Team ist geschlossen." in opened.text


def test_an_old_organisation_keeps_its_closed_team(
    make: Make, admin: Browser, browser: Browser
) -> None:
    team = make.team("Team Süd", body=make.home_body)
    organisation = make.organisation(team=team)
    _page(admin, team).submit(button="Team schließen")
    officer = browser.signed_in_as(make.person())

    new = officer.open("organisations.new")
    edit = officer.open("organisations.edit", organisation_id=organisation.id)

    assert "Team Süd" not in new.texts("#team_id option")
    assert "Team Süd" in edit.texts("#team_id option[selected]")
    assert edit.submit(button="Änderungen sichern").status == HTTPStatus.OK


# --- moving -------------------------------------------------------------------------------------


def _move(admin: Browser, team: Team, name: str) -> Page:
    page = _page(admin, team).follow("Träger wechseln")
    body = next(o["value"] for o in page.soup.select("#body option") if o.get_text() == name)
    return page.submit(button="Träger wechseln", body=str(body))


def test_a_team_moves_with_all_that_its_body_has(
    make: Make, admin: Browser, browser: Browser
) -> None:
    member = make.person(Role.MANAGER)
    visit = make.visit(owner=member, topics=["outlook"], visibility=Visibility.TEAM)
    concern = make.concern(owner=member)
    make.referral(concern)
    make.report(author=member)
    make.body("Musterkreis GmbH")
    theirs = browser.signed_in_as(member)

    after = _move(admin, make.home, "Musterkreis GmbH")

    assert "Musterkreis GmbH" in after.texts("#facts")[0]
    assert theirs.answer("GET", "/account").status_code == HTTPStatus.FOUND
    again = browser.signed_in_as(member)
    assert again.open("visits.show", visit_id=visit.id).status == HTTPStatus.OK
    assert again.open("concerns.show", concern_id=concern.id).status == HTTPStatus.OK
    for page in ("referrals.index", "organisations.index", "reports.index"):
        assert again.open(page, scope="all").texts("tbody tr"), page
    [line, *_] = admin.open("administration.audit_log", subject=make.home.id).texts("tbody tr")
    assert "Träger: Landkreis Musterkreis → Musterkreis GmbH" in line


def test_the_page_says_before_who_will_see_what(make: Make, admin: Browser) -> None:
    make.body("Musterkreis GmbH")
    empty = _page(admin, make.home).follow("Träger wechseln")
    make.visit()
    full = admin.open_url(empty.url)

    assert "Das Team hat noch nichts erfasst" in empty.texts("main")[0]
    assert "sehen danach die Menschen des neuen Trägers" in full.texts("main")[0]


def test_teams_that_work_on_the_same_cannot_be_parted(make: Make, admin: Browser) -> None:
    other = make.team("Team Süd", body=make.home_body)
    body = make.body("Musterkreis GmbH")
    make.visit()
    page = _page(admin, make.home).follow("Träger wechseln")
    make.visit(owner=make.person(team=other))

    sent = page.submit(button="Träger wechseln", body=str(body.id))

    assert "lässt es sich nicht herauslösen" in sent.texts("main")[0]
    assert sent.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert _stored(make, make.home).body_id == make.home_body.id


def test_a_team_without_anything_moves_alone_and_nobody_leads_over_the_border(
    make: Make, admin: Browser
) -> None:
    team = make.team("Team Süd", body=make.home_body)
    visit = make.visit()
    leader = make.person(Role.MANAGER, leads=[team])
    make.body("Musterkreis GmbH")

    _move(admin, team, "Musterkreis GmbH")

    assert make.actor(leader).led_team_ids == {make.home.id}
    assert visit.body_id == make.home_body.id
    assert _stored(make, team).body.name == "Musterkreis GmbH"


def test_a_name_that_the_other_body_has_is_refused(make: Make, admin: Browser) -> None:
    other = make.body("Musterkreis GmbH")
    make.team("Wirtschaftsförderung", body=other)

    refused = _move(admin, make.home, "Musterkreis GmbH")

    assert refused.texts("#body-error") == ["Diesen Namen gibt es schon."]


def test_a_team_that_is_nobodys_is_not_found(admin: Browser) -> None:
    for page in ("administration.team", "administration.move_team"):
        assert admin.open(page, team_id=new_id()).status == HTTPStatus.NOT_FOUND
    assert admin.open("administration.body", body_id=new_id()).status == HTTPStatus.NOT_FOUND


def test_neither_does_who_is_given_rights_at_that_moment(make: Make, admin: Browser) -> None:
    team = make.team("Team Süd", body=make.home_body)
    person = make.person()
    by = make.actor(make.person(is_administrator=True))
    _page(admin, team).submit(button="Team schließen")

    def join() -> None:
        rights = Rights(role=Role.OFFICER, team_id=team.id)
        change_rights(by, person.id, rights, version=1)

    with pytest.raises(Conflict) as refused:
        make.run(join)
    assert (refused.value.code, refused.value.field) == ("team_closed", "team")
