"""A partner talk as an officer logs it: challenges as topics, matters discussed as notes."""

from __future__ import annotations

PARTNER = "Standortgesellschaft Musterland mbH"
DAY = "12.11.2026"

# Named as challenges of the companies, without more being said
CHALLENGES = ("Fachkräfte", "Digitalisierung", "Nachfolge", "Transformation & Energie")

# What was discussed, by topic: what was said, and its flag
MATTERS = {
    "Behörden & Verfahren": (
        "Verfahren gemeinsam vereinfachen: ein Ansprechpartner je Vorhaben, ein Antrag.",
        "Dringend",
    ),
    "Kooperation & Netzwerke": (
        "Bestehende Netzwerke erfassen und prüfen, wo eine neue Plattform fehlt.",
        "Beobachten",
    ),
    "Förderung & Finanzierung": (
        "Die Angebote der Agentur kennen viele nicht; gezielt darüber informieren.",
        "Info",
    ),
    "Gründung & junge Unternehmen": (
        "Junge Unternehmen brauchen Begleitung vor Ort; Patenschaften anbieten.",
        "Info",
    ),
}

SUMMARY = "Offenes Gespräch. Beide Seiten wollen im nächsten Jahr enger zusammenarbeiten."
FOR_COMPANY = "Vielen Dank für das Gespräch. Wir melden uns mit einem Vorschlag."
NEXT_STEP = "Vorschlag für ein gemeinsames Treffen schicken"
PROMISED = "Übersicht unserer Angebote senden"
