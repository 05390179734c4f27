"""The organisations of the demo and the people one meets there."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.audit import AuditEntry
from crm.contacts.models import Contact, Salutation
from crm.contacts.services import ContactDraft, add_contact
from crm.demo.accounts import COUNTY, DISTRICT, GMBH, NORTH, SOUTH
from crm.demo.dice import Dice
from crm.demo.people import People
from crm.demo.plans import Place
from crm.demo.texts import DATA
from crm.organisations.models import (
    CountSource,
    Organisation,
    OrganisationKind,
    OrganisationStatus,
)
from crm.organisations.services import OrganisationDraft, add_organisation, archive
from crm.text import search_key

# Name, keys and postcode are invented: no municipality has the key 15 0 99 and no postcode
# begins with 00
MUNICIPALITIES: Mapping[str, tuple[str, str, str]] = {
    "Musterstadt": ("15099001", "00101", NORTH),
    "Musterberg": ("15099002", "00112", NORTH),
    "Probedorf": ("15099003", "00123", NORTH),
    "Musterfelde": ("15099004", "00134", NORTH),
    "Beispielhausen": ("15099005", "00145", SOUTH),
    "Beispieltal": ("15099006", "00156", SOUTH),
    "Neumuster": ("15099007", "00167", SOUTH),
    "Beispielau": ("15099008", "00178", SOUTH),
}
# Who adds the organisations of a team
_BY_TEAM = {NORTH: "officer", SOUTH: "south", COUNTY: "county"}
_FAMILY_NAMES = (
    "Muster", "Beispiel", "Probe", "Vorlage", "Platzhalter", "Modell", "Entwurf", "Exempel",
    "Mustermann", "Beispieler", "Schablone", "Attrappe", "Skizze", "Blaupause", "Musterlein",
    "Fiktiv", "Namenlos", "Irgendwer", "Übungsfall", "Probestück", "Muster-Probe", "Vorzeige",
    "Ähnlich", "Beispielmann", "Musterhäusler", "Anschauung", "Erfunden", "Niemand",
)  # fmt: skip
_GIVEN_NAMES = (
    ("Anna", Salutation.MS), ("Bernd", Salutation.MR), ("Clara", Salutation.MS),
    ("David", Salutation.MR), ("Elif", Salutation.MS), ("Frank", Salutation.MR),
    ("Grit", Salutation.MS), ("Henrik", Salutation.MR), ("Ines", Salutation.MS),
    ("Jörg", Salutation.MR), ("Katja", Salutation.MS), ("Lars", Salutation.MR),
    ("Maja", Salutation.MS), ("Nils", Salutation.MR), ("Olga", Salutation.MS),
    ("Piotr", Salutation.MR), ("Renate", Salutation.MS), ("Samir", Salutation.MR),
    ("Toni", Salutation.NONE), ("Uta", Salutation.MS), ("Viktor", Salutation.MR),
)  # fmt: skip
_SECOND_FUNCTIONS = (
    "Personal", "Ausbildung", "Betriebsleitung", "Verwaltung", "Vertrieb", "Energie und Umwelt",
    "Prokura", "Betriebsrat",
)  # fmt: skip
_FIRST_FUNCTIONS = {
    "craft": "Inhaberschaft",
    "farm": "Betriebsleitung",
    "founder": "Gründungsteam",
    "partner": "Unternehmensservice",
}


@dataclass(frozen=True, slots=True)
class Directory:
    """The organisations by key, with their database keys and the contacts of each body."""

    places: dict[str, Place]
    ids: dict[str, UUID]
    # (organisation, body) -> contacts, the primary one first
    contacts: dict[tuple[str, UUID], list[UUID]]


def add_directory(
    session: Session, rng: Dice, people: People, *, today: date, since: datetime
) -> Directory:
    """Add organisations and contacts as if they had been known since that moment."""
    with (DATA / "organisations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    directory = Directory({}, {}, {})
    numbers = count(100)
    archived: list[str] = []
    for row in rows:
        place = _place(row)
        officer = people.actors[_BY_TEAM[place.team]]
        draft = _organisation(row, rng, next(numbers), today)
        key = row["key"]
        directory.places[key] = place
        directory.ids[key] = add_organisation(officer, draft).id
        _add_contacts(directory, rng, people, key, draft)
        if "archived" in row["marks"]:
            archived.append(key)
    _date_back(session, since)
    for key in archived:
        officer = people.actors[_BY_TEAM[directory.places[key].team]]
        archive(officer, directory.ids[key], reason="Doppelt angelegt, siehe Druckhaus Schablone.")
    return directory


def _place(row: Mapping[str, str]) -> Place:
    is_county = row["body"] == "landkreis"
    return Place(
        key=row["key"],
        team=COUNTY if is_county else MUNICIPALITIES[row["municipality"]][2],
        body=DISTRICT if is_county else GMBH,
        kind=OrganisationKind(row["kind"]),
        trade=row["trade"],
        municipality=row["municipality"],
        is_shared="shared" in row["marks"],
        is_target="target" in row["marks"],
        is_active=not {"closed", "moved", "archived"} & set(row["marks"].split()),
        cadence_months=_number(row["cadence"]),
    )


def _organisation(row: Mapping[str, str], rng: Dice, number: int, today: date) -> OrganisationDraft:
    ags, postcode, _ = MUNICIPALITIES[row["municipality"]]
    marks = row["marks"].split()
    domain = f"{row['key']}.example"
    employees = _number(row["employees"])
    upper = _number(row["employees_to"])
    is_known = employees is not None or upper is not None
    is_registered = row["legal_form"] in {"GmbH", "AG", "KG", "GmbH & Co. KG", "e. K.", "eG"}
    section = "B" if row["legal_form"] in {"GmbH", "AG"} else "A"
    status = OrganisationStatus.ACTIVE
    if "closed" in marks:
        status = OrganisationStatus.CLOSED
    elif "moved" in marks:
        status = OrganisationStatus.MOVED
    return OrganisationDraft(
        name=row["name"],
        municipality=row["municipality"],
        kind=OrganisationKind(row["kind"]),
        shared="shared" in marks,
        legal_form=row["legal_form"],
        register_court="Amtsgericht Musterstadt" if is_registered else "",
        register_number=f"HR{section} {90_000 + number}" if is_registered else "",
        wz_2008=row["wz_2008"],
        industry=row["industry"],
        employees=employees if employees is not None else (1 if upper else None),
        employees_to=upper,
        employees_source=(CountSource.ESTIMATED if upper else CountSource.TOLD)
        if is_known
        else None,
        employees_as_of=today - timedelta(days=rng.randint(20, 500)) if is_known else None,
        apprentices=_number(row["apprentices"]),
        ags=ags,
        street=row["street"],
        postal_code=postcode,
        town=row["municipality"],
        website=f"https://{domain}",
        email=f"info@{domain}",
        # Numbers that the Bundesnetzagentur keeps free for films
        phones=f"030 23125 {number}",
        source="Erfundene Vorführdaten",
        tags=row["tags"],
        status=status,
        is_target="target" in marks,
        cadence_months=_number(row["cadence"]),
    )


def _add_contacts(
    directory: Directory, rng: Dice, people: People, key: str, draft: OrganisationDraft
) -> None:
    place = directory.places[key]
    own = people.actors[_BY_TEAM[place.team]]
    visitors = [own]
    if place.is_shared:
        visitors.append(people.actors["officer" if place.team == COUNTY else "county"])
    for actor in visitors:
        drafts = (
            _of_the_picture()
            if key == "beispielwerk"
            else _contacts(rng, place, draft.email.partition("@")[2])
        )
        assert actor.body_id is not None
        directory.contacts[key, actor.body_id] = [
            add_contact(
                actor,
                contact,
                [directory.ids[key]],
                primary_ids=[directory.ids[key]] if position == 0 else [],
            ).id
            for position, contact in enumerate(drafts)
        ]


def _of_the_picture() -> Iterable[ContactDraft]:
    yield ContactDraft(
        family_name="Muster",
        salutation=Salutation.MS,
        function="Geschäftsführung",
        phone="030 23125 201",
        email="muster@beispielwerk.example",
    )
    yield ContactDraft(
        family_name="Beispiel",
        salutation=Salutation.MR,
        function="Ausbildung",
        phone="030 23125 202",
        email="beispiel@beispielwerk.example",
    )


def _contacts(rng: Dice, place: Place, domain: str) -> Iterable[ContactDraft]:
    first = _FIRST_FUNCTIONS.get(place.trade, "Geschäftsführung")
    more = rng.sample(_SECOND_FUNCTIONS, k=2)
    wanted = rng.choice((1, 2, 2, 3))
    family_names = rng.sample(_FAMILY_NAMES, k=wanted)
    for function, family_name in zip((first, *more), family_names, strict=False):
        given_name, salutation = rng.choice(_GIVEN_NAMES)
        yield ContactDraft(
            family_name=family_name,
            given_name=given_name,
            salutation=salutation,
            title="Dr." if rng.happens(0.06) else "",
            function=function,
            phone=f"030 23125 {rng.randint(300, 999)}",
            mobile=f"0171 39200{rng.randint(10, 99)}" if rng.happens(0.4) else "",
            email=f"{search_key(family_name).replace(' ', '.')}@{domain}",
            language="en" if rng.happens(0.03) else "de",
            no_phone=rng.happens(0.03),
            no_email=rng.happens(0.05),
            source="Gespräch",
        )


def _date_back(session: Session, since: datetime) -> None:
    """Let everything added so far have been known since that moment."""
    session.flush()
    for model in (Organisation, Contact):
        session.execute(sa.update(model).values(created_at=since, updated_at=since))
    session.execute(
        sa.update(AuditEntry)
        .where(AuditEntry.subject_type.in_(["organisation", "contact"]))
        .values(at=since)
    )


def _number(text: str) -> int | None:
    return int(text) if text else None
