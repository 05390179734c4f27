from __future__ import annotations

from http import HTTPStatus

import pytest

from crm.clock import now
from crm.contacts import queries, services
from crm.contacts.queries import may_see_contact
from crm.contacts.services import ContactDraft, quick_draft
from crm.errors import Conflict, NotAllowed, NotFound, Stale
from crm.policy import Role
from tests.make import Make
from tests.page import Browser, Page, Value

WHOLE: dict[str, Value] = {
    "salutation": "ms",
    "title": "Dr.",
    "given_name": "Änne",
    "family_name": "Öhler",
    "function": "Geschäftsführung",
    "phone": "0391 123456",
    "mobile": "+49 170 1234567",
    "email": "aenne@oehler.example",
    "language": "en",
    "no_phone": True,
    "no_email": True,
    "no_post": True,
    "legal_basis": "consent",
    "source": "Visitenkarte",
    "privacy_notice_on": "01.02.2026",
    "note": "Spricht gern am Vormittag",
}


def rows(page: Page) -> list[str]:
    return page.texts("main tbody th a")


# --- adding ---------------------------------------------------------------------------------------


def test_a_contact_is_added_from_the_page_of_an_organisation(make: Make, browser: Browser) -> None:
    organisation = make.organisation("Muster GmbH")
    officer = browser.signed_in_as(make.officer)

    form = officer.open("organisations.show", organisation_id=organisation.id).follow(
        "Person anlegen"
    )
    page = form.submit(fields=WHOLE | {"primary_ids": str(organisation.id)})

    shown = page.texts("main")[0]
    assert page.texts("h1") == ["Dr. Änne Öhler"]
    for text in ("Frau", "Muster GmbH", "Zuerst ansprechen", "nicht anrufen", "keine E-Mail",
                 "keine Briefpost", "Englisch", "Einwilligung", "Visitenkarte", "01.02.2026",
                 "Spricht gern am Vormittag"):  # fmt: skip
        assert text in shown
    edited = dict(page.follow("Bearbeiten").filled_in("main form[method=post]", {}))
    for name, value in WHOLE.items():
        assert edited[name] == ("y" if value is True else value), name
    assert "Dr. Änne Öhler" in page.follow("Muster GmbH").texts("#contacts")[0]


def test_without_javascript_one_fitting_organisation_is_taken(make: Make, browser: Browser) -> None:
    make.organisation("Häusler GmbH")
    make.organisation("Schulze GmbH")
    officer = browser.signed_in_as(make.officer)

    page = officer.open("contacts.new").submit(family_name="Beispiel", organisation="haeus")

    assert "Häusler GmbH" in page.links


def test_without_javascript_one_of_several_is_ticked(make: Make, browser: Browser) -> None:
    make.organisation("Häusler Nord")
    south = make.organisation("Häusler Süd")
    officer = browser.signed_in_as(make.officer)

    page = officer.open("contacts.new").submit(family_name="Beispiel", organisation="Häusler")

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.texts("#organisation-error") == [
        "Mehrere Organisationen passen. Bitte kreuzen Sie die richtige an."
    ]
    done = page.submit(organisation="", organisation_ids=str(south.id))
    assert "Häusler Süd" in done.links


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("family_name", " ", "Bitte geben Sie den Nachnamen ein."),
        ("family_name", "\x07x", "Der Text enthielt Steuerzeichen"),
        ("note", "x" * 20_001, "Bitte kürzen Sie den Text auf 20.000 Zeichen."),
        ("phone", "ruft selbst an", "„ruft selbst an“ ist keine Telefonnummer."),
        ("mobile", "1", "„1“ ist keine Telefonnummer."),
        ("email", "ohne", "Bitte geben Sie eine E-Mail-Adresse wie"),
        ("privacy_notice_on", "gestern früh", "Bitte geben Sie ein Datum wie"),
        ("organisation", "Gibt es nicht", "Eine Organisation dieses Namens gibt es nicht."),
        ("organisation", "", "Bitte wählen Sie mindestens eine Organisation."),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(
    field: str, value: str, message: str, make: Make, browser: Browser
) -> None:
    officer = browser.signed_in_as(make.officer)
    typed: dict[str, Value] = {
        "family_name": "Muster",
        "function": "Bleibt",
        "organisation": "Muster GmbH",
    }
    make.organisation("Muster GmbH")

    page = officer.open("contacts.new").submit(fields=typed | {field: value})

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert message in page.texts(f"#{field}-error")[0]
    assert page.attributes("#function", "value") == ["Bleibt"]
    assert rows(officer.open("contacts.index")) == []


def test_an_organisation_of_another_body_is_refused(make: Make, browser: Browser) -> None:
    foreign = make.organisation("Fremd GmbH", team=make.team())
    officer = browser.signed_in_as(make.officer)
    form = officer.open("contacts.new")
    sent = [*form.filled_in("main form[method=post]", {"family_name": "M"})]
    sent = [pair for pair in sent if pair[0] != "organisation_id"]

    page = officer.post("/contacts/new", [*sent, ("organisation_id", str(foreign.id))], page=form)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Diese Organisation gibt es nicht" in page.texts("#organisation-error")[0]
    assert "Fremd" not in page.text


# --- editing --------------------------------------------------------------------------------------


def test_a_contact_can_be_at_several_organisations(make: Make, browser: Browser) -> None:
    first, second = make.organisation("Erste GmbH"), make.organisation("Zweite GmbH")
    contact = make.contact(first, family_name="Beispiel")
    officer = browser.signed_in_as(make.officer)
    form = officer.open("contacts.edit", contact_id=contact.id)

    both = form.submit(organisation="Zweite")
    only_second = officer.open("contacts.edit", contact_id=contact.id).submit(
        organisation_ids=str(second.id), primary_ids=str(second.id)
    )

    assert {"Erste GmbH", "Zweite GmbH"} <= set(both.links)
    assert "Erste GmbH" not in only_second.links
    assert "hat geändert: Organisationen" in only_second.texts("#history")[0]


def test_the_second_of_two_people_sees_both_versions(make: Make, browser: Browser) -> None:
    first, second = browser.signed_in_as(make.officer), browser.signed_in_as(make.person())
    contact = make.contact(family_name="Beispiel")
    theirs = first.open("contacts.edit", contact_id=contact.id)
    mine = second.open("contacts.edit", contact_id=contact.id)
    theirs.submit(function="Prokura")

    page = mine.submit(family_name="Muster")

    assert page.status == HTTPStatus.CONFLICT
    assert page.texts(".conflict tbody tr") == [
        "Nachname (verschieden) Muster Beispiel",
        "Funktion (verschieden) Prokura",
    ]
    assert page.submit(button="Änderungen sichern").texts("h1") == ["Kim Muster"]


def test_archiving_needs_a_reason_and_can_be_undone(make: Make, browser: Browser) -> None:
    organisation = make.organisation("Muster GmbH")
    contact = make.contact(organisation, family_name="Beispiel")
    officer = browser.signed_in_as(make.officer)
    form = officer.open("contacts.show", contact_id=contact.id).follow("Archivieren")

    refused = form.submit(button="Archivieren")
    archived = form.submit(button="Archivieren", reason="Ruhestand")

    assert refused.texts("#reason-error") == ["Bitte geben Sie einen Grund an."]
    assert "Ruhestand" in archived.texts("main")[0]
    assert rows(officer.open("contacts.index")) == []
    page = officer.open("organisations.show", organisation_id=organisation.id)
    assert "Beispiel" not in page.texts("#contacts")[0]
    assert rows(officer.open("contacts.index", archived="1")) == ["Kim Beispiel"]
    archived.submit(button="Wiederherstellen")
    assert rows(officer.open("contacts.index")) == ["Kim Beispiel"]


# --- who sees what --------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", ["show", "edit", "archive"])
def test_foreign_and_missing_contacts_answer_alike(
    endpoint: str, make: Make, browser: Browser
) -> None:
    shared = make.organisation(team=make.team(), shared=True)
    foreign = make.contact(shared, family_name="Fremd")
    officer = browser.signed_in_as(make.officer)

    pages = [
        officer.open(f"contacts.{endpoint}", contact_id=key) for key in (foreign.id, shared.id)
    ]
    organisation = officer.open("organisations.show", organisation_id=shared.id)

    assert [page.status for page in pages] == [HTTPStatus.NOT_FOUND] * 2
    assert "Fremd" not in pages[0].text + organisation.text


def test_readers_read_and_change_nothing(make: Make, browser: Browser) -> None:
    contact = make.contact(family_name="Beispiel")
    reader = browser.signed_in_as(make.person(Role.READER))

    page = reader.open("contacts.show", contact_id=contact.id)

    assert page.status == HTTPStatus.OK
    assert not {"Bearbeiten", "Archivieren"} & set(page.links)
    for endpoint in ("edit", "archive"):
        refused = reader.open(f"contacts.{endpoint}", contact_id=contact.id)
        assert refused.status == HTTPStatus.FORBIDDEN
    assert reader.open("contacts.new").status == HTTPStatus.FORBIDDEN


def test_an_organisation_that_is_not_shared_any_more_is_not_named(
    make: Make, browser: Browser
) -> None:
    own = make.organisation("Eigene GmbH")
    shared = make.organisation("Geteilt GmbH", team=make.team(), shared=True)
    contact = make.contact(own, shared, family_name="Beispiel")
    make.change(shared, shared=False)
    officer = browser.signed_in_as(make.officer)

    for endpoint in ("show", "edit"):
        assert "Geteilt" not in officer.open(f"contacts.{endpoint}", contact_id=contact.id).text
    officer.open("contacts.edit", contact_id=contact.id).submit(function="Prokura")
    make.change(shared, shared=True)

    assert "Geteilt GmbH" in officer.open("contacts.show", contact_id=contact.id).links


def test_the_where_clause_and_the_predicate_agree(make: Make) -> None:
    there = make.organisation(team=make.team(), shared=True)
    contacts = [make.contact(), make.contact(there)]
    actors = [make.actor(make.person(role)) for role in Role]

    for actor in actors:
        seen = make.run(
            lambda actor=actor: {  # type: ignore[misc]
                contact.id for contact in queries.by_ids(actor, [c.id for c in contacts])
            }
        )
        assert seen == {c.id for c in contacts if may_see_contact(actor, c)}


# --- the list -------------------------------------------------------------------------------------


def test_the_list_finds_parts_of_names_and_counts(make: Make, browser: Browser) -> None:
    officer = browser.signed_in_as(make.officer)
    empty = officer.open("contacts.index")
    organisation = make.organisation("Muster GmbH")
    form = officer.open("contacts.new", organisation=organisation.id)
    form.submit(family_name="Öhler", given_name="Änne", phone="0391 123456")
    make.contact(family_name="Schulze")

    page = officer.open("contacts.index")

    assert "Erste Person anlegen" in empty.links
    assert "2 Personen" in page.texts("main .strong")
    assert rows(page) == ["Änne Öhler", "Kim Schulze"]
    for text in ("oehl", "öhl", "ohler", "änne ö", "49391"):
        assert rows(officer.open("contacts.index", q=text)) == ["Änne Öhler"], text
    there = officer.open("contacts.index", organisation=organisation.id)
    assert rows(there) == ["Änne Öhler"]


@pytest.mark.parametrize(
    "query", ["q=%00", "after=x", "organisation=1", "archived=x", "before=W10"]
)
def test_a_strange_address_shows_a_list(query: str, make: Make, browser: Browser) -> None:
    page = browser.signed_in_as(make.officer).open_url(f"/contacts?{query}")

    assert page.status == HTTPStatus.OK


def test_the_list_runs_the_same_queries_for_one_and_for_fifty(
    make: Make, browser: Browser, count_queries: list[str]
) -> None:
    officer = browser.signed_in_as(make.officer)
    make.contact()
    officer.open("contacts.index")
    count_queries.clear()
    officer.open("contacts.index")
    for_one = list(count_queries)
    for _number in range(54):
        make.contact()
    count_queries.clear()

    page = officer.open("contacts.index")

    assert len(count_queries) == len(for_one) <= 12, "\n".join(count_queries)
    assert len(rows(page)) == 50
    assert len(rows(page.follow("Nächste Seite"))) == 5


# --- services -------------------------------------------------------------------------------------


def test_contacts_of_organisations_come_with_the_primary_one_first(make: Make) -> None:
    organisation = make.organisation()
    actor = make.actor()
    make.run(lambda: services.add_contact(actor, quick_draft("Alma", "Ahorn"), [organisation.id]))
    first = make.contact(organisation, family_name="Zebra")
    make.contact(organisation, archived_at=now(), archived_reason="weg")

    found = make.run(lambda: queries.of_organisations(actor, [organisation.id]))

    assert [contact.family_name for contact in found] == [first.family_name, "Ahorn"]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ContactDraft(family_name=" "), "family_name"),
        (ContactDraft(family_name="M", language="fr"), "language"),
    ],
)
def test_a_draft_from_elsewhere_is_checked_as_well(
    draft: ContactDraft, field: str, make: Make
) -> None:
    actor, organisation = make.actor(), make.organisation()

    with pytest.raises(Conflict) as refused:
        make.run(lambda: services.add_contact(actor, draft, [organisation.id]))

    assert refused.value.field == field


def test_others_change_nothing(make: Make) -> None:
    contact = make.contact()
    reader = make.actor(make.person(Role.READER))
    stranger = make.actor(make.person(team=make.team()))
    actor = make.actor()

    with pytest.raises(NotAllowed):
        make.run(lambda: services.archive(reader, contact.id, reason="so"))
    with pytest.raises(NotFound):
        make.run(lambda: services.archive(stranger, contact.id, reason="so"))
    with pytest.raises(Stale):
        make.run(
            lambda: services.edit_contact(
                actor, contact.id, quick_draft("A", "B"), [], version=contact.version + 1
            )
        )
