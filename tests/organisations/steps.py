"""What tests of organisations share: every field as it is typed, and the rows of the list."""

from __future__ import annotations

from tests.page import Page, Value

WHOLE: dict[str, Value] = {
    "name": "Häusler Metallbau GmbH",
    "municipality": "Musterstadt",
    "kind": "founder",
    "other_names": "Häusler-Geländer",
    "legal_form": "GmbH",
    "street": "Beispielweg 3",
    "postal_code": "39104",
    "town": "Musterstadt",
    "ags": "15003000",
    "other_addresses": "Werk 2\nBeispielweg 5\n39104 Musterstadt",
    "website": "www.haeusler.example",
    "email": "info@haeusler.example",
    "phones": "0391 123456 Zentrale\n+49 391 123457",
    "register_court": "Stendal",
    "register_number": "HRB 4711",
    "w_idnr": "DE123456789-00001",
    "industry": "Metallbau",
    "wz_2008": "25.11",
    "wz_2025": "C 25.11.0",
    "employees": "1.084",
    "employees_to": "1200",
    "employees_source": "told",
    "employees_as_of": "01.02.2026",
    "apprentices": "7",
    "turnover_from": "1,5",
    "turnover_to": "1.200",
    "status": "active",
    "is_target": True,
    "cadence_months": "12",
    "next_visit_due_on": "01.03.2030",
    "shared": True,
    "tags": "Stahl, Innung",
    "source": "Gespräch",
    "note": "Erste Zeile\nZweite Zeile",
}


def rows(page: Page) -> list[str]:
    return page.texts("main tbody th a")
