"""A colleague leaves: the page on which their work goes to others."""

from __future__ import annotations

from crm.accounts.models import Person
from crm.clock import now
from crm.concerns.models import Collaborator, Stage
from crm.visits.models import VisitStatus
from crm.visits.services import people as visits
from tests.make import Make
from tests.page import Browser
from tests.workflows import steps
from tests.workflows.steps import assignees, hand_over, page_of

PLANNED, POSTPONED = VisitStatus.PLANNED, VisitStatus.POSTPONED


def test_everything_open_goes_to_one_person(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    follow_up = make.follow_up(owner=leaver)
    concern = make.concern(owner=leaver)
    visit, later = make.visit(PLANNED, owner=leaver), make.visit(POSTPONED, owner=leaver)

    page = hand_over(browser, manager, leaver, heir)

    said = "Von Lena Leicht weitergegeben: 1 Wiedervorlage, 1 Anliegen und 2 Besuche."
    assert said in page.texts(".flash")[0]
    assert page.texts("main .empty .strong") == ["Hier ist nichts offen."]
    assert assignees(make, follow_up) == {heir.id}
    assert steps.concern(make, concern).owner_id == heir.id
    for record in (visit, later):
        stored = steps.visit(make, record)
        assert stored.owner_id == heir.id
        assert visits.people_of(stored) == [heir.id]


def test_the_page_shows_what_is_open_and_nothing_else(
    make: Make, browser: Browser, manager: Person, leaver: Person
) -> None:
    make.follow_up("Anrufen", owner=leaver, promised=True)
    make.follow_up("Erledigt", owner=leaver, done=True)
    make.follow_up("Von ihr gesetzt", owner=leaver, assignees=[manager])
    make.concern("Offen", owner=leaver)
    make.concern("Zu", owner=leaver, stage=Stage.CLOSED)
    plan = make.visit(PLANNED, owner=leaver, organisation=make.organisation("Plan GmbH"))
    make.visit(owner=leaver, organisation=make.organisation("Vergangen GmbH"))
    make.visit(VisitStatus.CANCELLED, owner=leaver)
    make.visit(VisitStatus.DRAFT, owner=leaver)
    make.visit(PLANNED, owner=leaver, archived_at=now(), archived_by_id=leaver.id)

    page = page_of(browser, manager, leaver)

    assert page.texts("#open-follow-ups .entries a") == ["Anrufen"]
    assert page.texts("#open-concerns .entries a") == ["Offen"]
    assert page.attributes("#open-visits .entries a", "href") == [f"/visits/{plan.id}"]
    # No figures about a colleague
    assert page.texts("#open-follow-ups h2, #open-concerns h2, #open-visits h2") == [
        "Wiedervorlagen",
        "Anliegen",
        "Geplante Besuche",
    ]
    assert "Entwürfe" not in page.texts("#rules dl")[0]


def test_what_is_over_keeps_its_name(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    make.follow_up(owner=leaver)
    done = make.follow_up(owner=leaver, done=True)
    closed = make.concern(owner=leaver, stage=Stage.CLOSED)
    held = make.visit(owner=leaver)
    draft = make.visit(VisitStatus.DRAFT, owner=leaver)

    hand_over(browser, manager, leaver, heir)

    assert assignees(make, done) == {leaver.id}
    assert steps.concern(make, closed).owner_id == leaver.id
    assert steps.visit(make, held).owner_id == leaver.id
    assert steps.visit(make, draft).owner_id == leaver.id


def test_each_kind_may_go_to_somebody_else(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    other = make.person()
    follow_up = make.follow_up(owner=leaver)
    concern = make.concern(owner=leaver)
    visit = make.visit(PLANNED, owner=leaver)

    hand_over(browser, manager, leaver, heir, concerns=str(other.id), visits=str(manager.id))

    assert assignees(make, follow_up) == {heir.id}
    assert steps.concern(make, concern).owner_id == other.id
    assert steps.visit(make, visit).owner_id == manager.id


def test_others_who_share_it_stay(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    third = make.person()
    shared = make.follow_up(owner=third, assignees=[leaver, third])
    with_heir = make.follow_up(owner=third, assignees=[leaver, heir])
    visit = make.visit(PLANNED, owner=third)
    make.run(
        lambda: visits.hand_over(
            None, visit.id, owner_id=third.id, person_ids=[third.id, leaver.id, heir.id]
        )
    )

    hand_over(browser, manager, leaver, heir)

    assert assignees(make, shared) == {heir.id, third.id}
    assert assignees(make, with_heir) == {heir.id}
    stored = steps.visit(make, visit)
    assert stored.owner_id == third.id
    assert visits.people_of(stored) == [third.id, heir.id]


def test_what_one_works_on_besides_the_owner_goes_too(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    third = make.person(name="Tim Tatkräftig")
    shared = make.concern("Geteilt", owner=third, collaborators=_working(leaver, manager))
    of_heir = make.concern(owner=heir, collaborators=_working(leaver))
    with_heir = make.concern(owner=third, collaborators=_working(leaver, heir))
    own_with_heir = make.concern(owner=leaver, collaborators=_working(heir, third))
    closed = make.concern(owner=third, stage=Stage.CLOSED, collaborators=_working(leaver))
    before = page_of(browser, manager, leaver)

    page = hand_over(browser, manager, leaver, heir)

    assert "arbeitet mit, zuständig ist Tim Tatkräftig" in before.texts("#open-concerns")[0]
    assert "weitergegeben: 4 Anliegen." in page.texts(".flash")[0]
    found = [
        (stored.owner_id, set(stored.collaborator_ids))
        for record in (shared, of_heir, with_heir, own_with_heir, closed)
        for stored in [steps.concern(make, record)]
    ]
    assert found == [
        (third.id, {heir.id, manager.id}),
        (heir.id, set()),
        (third.id, {heir.id}),
        (heir.id, {third.id}),
        (third.id, {leaver.id}),
    ]


def test_a_refused_form_keeps_what_was_chosen(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    make.follow_up(owner=leaver)
    make.concern(owner=leaver)
    page = page_of(browser, manager, leaver)

    after = page.submit(form="#successors form", concerns=str(heir.id))

    assert after.status == 422
    assert after.texts("#successor-error") == ["Bitte wählen Sie, wer die Arbeit übernimmt."]
    assert after.attributes("#concerns option[selected]", "value") == [str(heir.id)]


def test_histories_tell_who_gave_it_to_whom(
    make: Make, browser: Browser, manager: Person, leaver: Person, heir: Person
) -> None:
    follow_up = make.follow_up(owner=leaver)
    concern = make.concern(owner=leaver)
    visit = make.visit(PLANNED, owner=leaver)
    mine = hand_over(browser, manager, leaver, heir).browser
    make.change(leaver, deactivated_at=now())

    pages = [
        mine.open("follow_ups.show", follow_up_id=follow_up.id),
        mine.open("concerns.show", concern_id=concern.id),
        mine.open("visits.show", visit_id=visit.id),
    ]

    told = [page.texts("#history li .entry__main")[0] for page in pages]
    assert told == [
        "Mara Muster hat sie weitergegeben: Lena Leicht → Hugo Heinrich",
        "Mara Muster hat das Anliegen weitergegeben",
        "Mara Muster hat den Besuch weitergegeben",
    ]


def test_it_asks_as_much_about_much_as_about_little(
    make: Make, browser: Browser, manager: Person, leaver: Person, count_queries: list[str]
) -> None:
    asked = []
    for _ in range(2):
        for _ in range(2):
            make.follow_up(owner=leaver, organisation_id=make.organisation().id)
            make.concern(owner=leaver)
            make.visit(PLANNED, owner=leaver)
        page_of(browser, manager, leaver)
        count_queries.clear()
        page_of(browser, manager, leaver)
        asked.append(len(count_queries))

    assert asked[0] == asked[1] <= 12


def _working(*people: Person) -> list[Collaborator]:
    return [Collaborator(person_id=person.id) for person in people]
