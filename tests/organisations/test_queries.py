from __future__ import annotations

from dataclasses import replace

import pytest

from crm.errors import Conflict, NotAllowed, NotFound, Stale
from crm.organisations import queries, services
from crm.organisations.matching import Likeness, Traits
from crm.organisations.models import Organisation, OrganisationKind
from crm.organisations.queries import may_see_organisation, visible_organisations
from crm.organisations.services import OrganisationDraft, quick_draft
from crm.policy import Actor, Role
from tests.make import Make


def add(make: Make, name: str, municipality: str = "Musterstadt", **fields: str) -> Organisation:
    draft = replace(quick_draft(name, municipality), **fields)  # type: ignore[arg-type]
    actor = make.actor()
    return make.run(lambda: services.add_organisation(actor, draft))


def suggested(make: Make, text: str, actor: Actor | None = None) -> list[str]:
    who = actor or make.actor()
    return make.run(lambda: [found.name for found in queries.suggest(who, text)])


def duplicates(make: Make, traits: Traits) -> list[tuple[str, Likeness]]:
    who = make.actor()
    return make.run(
        lambda: [(d.organisation.name, d.likeness) for d in queries.likely_duplicates(who, traits)]
    )


@pytest.mark.parametrize("text", ["häus", "haeus", "HÄUS", "hausler", "musterst häu", "äusler"])
def test_umlauts_and_parts_of_words_are_found(text: str, make: Make) -> None:
    add(make, "Häusler Metallbau GmbH")
    add(make, "Schulze Elektro")

    assert suggested(make, text) == ["Häusler Metallbau GmbH"]


def test_a_part_in_the_middle_of_a_word_is_found(make: Make) -> None:
    add(make, "Tischlereibau Nord")

    assert suggested(make, "bau") == ["Tischlereibau Nord"]


def test_names_that_begin_with_the_text_come_first(make: Make) -> None:
    for name in ("Ärztehaus Baumann", "Zimmerei Bau", "Bau Zebra", "Bau Ähre"):
        add(make, name)

    assert suggested(make, "bau") == ["Bau Ähre", "Bau Zebra", "Ärztehaus Baumann", "Zimmerei Bau"]


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "\\", "?!"])
def test_signs_alone_find_nothing(text: str, make: Make) -> None:
    add(make, "Häusler")

    assert suggested(make, text) == []


def test_at_most_so_many_are_suggested_and_none_that_is_archived(make: Make) -> None:
    actor = make.actor()
    for number in range(10):
        add(make, f"Muster {number}")
    gone = add(make, "Muster 00")
    make.run(lambda: services.archive(actor, gone.id, reason="geschlossen"))

    assert suggested(make, "muster") == [f"Muster {number}" for number in range(8)]


def test_another_bodys_organisations_are_found_when_they_are_shared(make: Make) -> None:
    there = make.team()
    hidden = make.organisation("Geheim", team=there)
    make.organisation("Gemeinsam Geheim", team=there, shared=True)
    traits = Traits(name="Geheim")

    assert suggested(make, "geheim") == ["Gemeinsam Geheim"]
    assert duplicates(make, traits) == []
    actor = make.actor()
    with pytest.raises(NotFound):
        make.run(lambda: queries.get(actor, hidden.id))


@pytest.mark.parametrize(
    ("traits", "likeness"),
    [
        (Traits(name="Haeusler Metallbau KG"), Likeness.NAME),
        (Traits(name="Heusler Metalbau"), Likeness.SOUND),
        (Traits(name="Metallbau Häuslers"), Likeness.SIMILAR),
        (Traits(name="Anders", register_number="hrb 04711"), Likeness.REGISTER),
        (Traits(name="Anders", website="http://haeusler.example/"), Likeness.DOMAIN),
        (Traits(name="Anders", email="chef@haeusler.example"), Likeness.DOMAIN),
        (Traits(name="Anders", phones="+49 391 123456"), Likeness.PHONE),
    ],
)
def test_what_may_be_the_same_is_found_with_its_reason(
    traits: Traits, likeness: Likeness, make: Make
) -> None:
    add(
        make,
        "Häusler Metallbau GmbH",
        website="https://www.haeusler.example",
        register_court="Stendal",
        register_number="HRB 4711",
        phones="0391 123456",
    )
    add(make, "Schulze Elektro")

    assert duplicates(make, traits) == [("Häusler Metallbau GmbH", likeness)]


@pytest.mark.parametrize(
    "traits",
    [
        Traits(name=""),
        Traits(name="Ganz Anders"),
        Traits(name="Anders", register_number="HRB 4711", register_court="Halle"),
        Traits(name="Anders", email="muster@gmx.de"),
    ],
)
def test_what_is_different_is_no_duplicate(traits: Traits, make: Make) -> None:
    add(make, "Häusler GmbH", register_court="Stendal", register_number="HRB 4711",
        email="haeusler@gmx.de")  # fmt: skip

    assert duplicates(make, traits) == []


def test_the_where_clause_and_the_predicate_agree(make: Make) -> None:
    there = make.team()
    everything = [
        make.organisation(),
        make.organisation(team=there),
        make.organisation(team=there, shared=True),
    ]
    actors = [make.actor(make.person(role)) for role in Role]
    actors.append(make.actor(make.person(team=there)))

    for actor in actors:
        seen = make.run(
            lambda actor=actor: {  # type: ignore[misc]
                o.id for o in queries.by_ids(actor, [o.id for o in everything])
            }
        )
        assert seen == {o.id for o in everything if may_see_organisation(actor, o)}
    assert visible_organisations is not None


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (OrganisationDraft(name=" ", municipality="Musterstadt"), "name"),
        (OrganisationDraft(name="Muster", municipality=""), "municipality"),
        (
            OrganisationDraft(name="M", municipality="M", employees=9, employees_to=2),
            "employees_to",
        ),
    ],
)
def test_a_draft_from_elsewhere_is_checked_as_well(
    draft: OrganisationDraft, field: str, make: Make
) -> None:
    actor = make.actor()

    with pytest.raises(Conflict) as refused:
        make.run(lambda: services.add_organisation(actor, draft))

    assert refused.value.field == field


def test_a_team_of_another_body_is_refused(make: Make) -> None:
    draft = replace(quick_draft("Muster", "Musterstadt"), team_id=make.team().id)
    actor = make.actor()

    with pytest.raises(Conflict):
        make.run(lambda: services.add_organisation(actor, draft))


def test_readers_and_other_bodies_change_nothing(make: Make) -> None:
    shared = make.organisation(shared=True)
    reader = make.actor(make.person(Role.READER))
    stranger = make.actor(make.person(team=make.team()))
    draft = quick_draft("Anders", "Anderswo", OrganisationKind.PARTNER)

    for actor in (reader, stranger):
        with pytest.raises(NotAllowed):
            make.run(
                lambda actor=actor: services.edit_organisation(  # type: ignore[misc]
                    actor, shared.id, draft, version=1
                )
            )
        with pytest.raises(NotAllowed):
            make.run(
                lambda actor=actor: services.archive(actor, shared.id, reason="so")  # type: ignore[misc]
            )


def test_a_version_that_was_not_seen_is_not_overwritten(make: Make) -> None:
    organisation = add(make, "Muster")
    actor = make.actor()
    first = quick_draft("Muster Eins", "Musterstadt")
    second = quick_draft("Muster Zwei", "Musterstadt")
    make.run(lambda: services.edit_organisation(actor, organisation.id, first, version=1))

    with pytest.raises(Stale):
        make.run(lambda: services.edit_organisation(actor, organisation.id, second, version=1))

    assert make.run(lambda: queries.get(actor, organisation.id)).name == "Muster Eins"
