"""The visit report: valid, readable by everyone, and without a word that is not for its reader."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from crm.concerns.models import Flag, Outcome, Stage
from crm.visibility import Visibility
from crm.visits.documents import report_data, visit_report
from crm.visits.models import Mode, Occasion, VisitStatus
from tests.documents.pdf import Pdf, squeezed
from tests.documents.talk import MOMENT, Talk, whole_talk

AGENCY = "Wirtschaftsförderung Musterkreis"


def _bytes(talk: Talk, *, language: str = "de", **more: Any) -> bytes:
    given: dict[str, Any] = {"for_company": False} | more
    return visit_report(
        talk.visit,
        follow_ups=talk.follow_ups,
        agency_name=AGENCY,
        language=language,
        **given,
    )


def _for_file(talk: Talk, **more: Any) -> Pdf:
    return Pdf(_bytes(talk, **more))


def _for_company(talk: Talk, **more: Any) -> Pdf:
    return Pdf(_bytes(talk, for_company=True, **more))


# --- for everyone to read -----------------------------------------------------------------------


@pytest.mark.parametrize("for_company", [False, True])
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_report_claims_both_standards_and_keeps_what_they_ask(
    language: str, *, for_company: bool
) -> None:
    pdf = Pdf(_bytes(whole_talk(), language=language, for_company=for_company))

    assert pdf.claims() == {"uaid part": "1", "aid part": "2", "aid conformance": "A"}
    assert pdf.root.MarkInfo.Marked
    assert str(pdf.root.Lang) == language
    assert pdf.root.ViewerPreferences.DisplayDocTitle
    assert "/OutputIntents" in pdf.root
    fonts = dict(pdf.fonts())
    assert fonts
    assert all(fonts.values())


def test_headings_and_tables_are_tagged_in_reading_order() -> None:
    tags = _for_file(whole_talk()).tags()

    headings = [tag for tag in tags if tag.startswith("H")]
    assert headings == ["H1", "H2", "H2", "H3", "H3", "H3", "H2"]
    assert tags.count("TH") == 5
    assert tags.count("TD") == 15


def test_the_report_introduces_itself() -> None:
    talk = whole_talk()
    pdf = _for_file(talk)

    title = f"Besuchsbericht {talk.visit.reference}, Beispielwerk GmbH, 20.11.2026"
    assert pdf.info["/Title"] == title
    assert pdf.info["/Author"] == AGENCY
    assert pdf.info["/CreationDate"].startswith("D:20261120")


def test_the_same_visit_gives_the_same_file() -> None:
    talk = whole_talk()

    assert _bytes(talk) == _bytes(talk)


def test_the_file_version_says_everything() -> None:
    talk = whole_talk()

    pdf = _for_file(talk)

    for text in (
        AGENCY, talk.visit.reference, "Aktenzeichen 80.12-4711/26",
        "Für die Akte – nicht zur Weitergabe",
        "Beispielwerk GmbH, Musterstadt", "Musterguss AG, Beispielhausen",
        "Freitag, 20. November 2026, 14:30 Uhr", "Vor Ort", "Besuchsprogramm",
        "Martina Muster, Geschäftsführerin", "Jonas Ebert", "Frau Amtmann, Bauamt Musterstadt",
        "Nachfolge Dringend Vertraulich mitgeteilt Sichtbar: nur das Team",
        "Die Inhaberin will in 18 Monaten übergeben.",
        "Nachfolge klären und Bewertung vermitteln",
        "Stand: In Klärung · Erste Rückmeldung bis 24.11.2026 · Lösung bis 18.12.2026",
        "Wieder ansehen am 11.01.2027",
        "Was Wer Bis wann Zugesagt Status",
        "erledigt am 20.11.2026 Per E-Mail geschickt.",
        "Nächster Besuch bis 31.05.2027", "Seite 1 von 2", "Seite 2 von 2",
    ):  # fmt: skip
        assert squeezed(text) in pdf.text, text


def test_the_english_report_uses_english_dates() -> None:
    text = _for_file(whole_talk(), language="en").text

    assert "Friday,20November2026,14:30" in text
    assert "27Nov2026" in text
    assert "Nachfolge(en)" in text


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("occasion", [None, *Occasion])
def test_every_kind_of_visit_has_words(mode: Mode, occasion: Occasion | None) -> None:
    talk = Talk(mode=mode, occasion=occasion)

    assert json.dumps(report_data(talk.visit, follow_ups=[], for_company=False, agency_name=AGENCY))


def test_a_visit_with_nothing_optional_has_a_report() -> None:
    talk = Talk(visited_at=None, occasion=None)

    for pdf in (_for_file(talk), _for_company(talk)):
        assert len(pdf.pages) == 1
        assert "20.November2026" in pdf.text
        assert "Uhr" not in pdf.text
        assert "Wiedervorlagen" not in pdf.text


def test_what_has_not_taken_place_says_so() -> None:
    talk = Talk(status=VisitStatus.CANCELLED, status_reason="Der Betrieb hat Urlaub")

    assert squeezed("Status abgesagt: Der Betrieb hat Urlaub") in _for_file(talk).text


def test_a_closed_concern_names_its_outcome() -> None:
    talk = Talk()
    talk.note(
        "Nachfolge",
        "Es ist gelungen.",
        concern=talk.concern(
            "Übergabe",
            stage=Stage.CLOSED,
            outcome=Outcome.SOLVED,
            closed_at=MOMENT,
            first_responded_at=MOMENT,
        ),
    )

    wanted = "Stand: Abgeschlossen · Erste Rückmeldung am 20.11.2026 · gelöst am 20.11.2026"
    assert squeezed(wanted) in _for_file(talk).text


def test_long_notes_run_over_pages_under_a_head() -> None:
    talk = Talk()
    talk.note("Lage", "Es wurde viel gesprochen, und alles steht hier. " * 416)

    pdf = _for_file(talk)

    assert 4 <= len(pdf.pages) <= 10
    assert all(squeezed(talk.visit.reference) in squeezed(page) for page in pdf.pages)
    assert f"Seite{len(pdf.pages)}von{len(pdf.pages)}" in pdf.text
    assert pdf.text.count("Eswurdevielgesprochen") > 400  # some are parted by a page


# --- without a word too many -------------------------------------------------------------------


def _plant(record: Any, name: str, planted: set[str]) -> None:
    """Write a canary into every text column of a record."""
    for column in sa.inspect(type(record)).columns:
        if isinstance(column.type, sa.Text):
            canary = f"LEAK{name}x{column.name.replace('_', '')}x"
            setattr(record, column.name, canary)
            planted.add(canary)


def _planted_talk() -> tuple[Talk, set[str]]:
    """Return a conversation with a canary in every text column of every record it reaches."""
    talk, planted = Talk(next_visit_due_on=date(2027, 5, 31)), set[str]()
    talk.joined_by(talk.organisation("Weitere"))
    talk.attends(contact=talk.contact("Erika", "Muster"))
    talk.attends(outsider="Gast")
    ticked = talk.note("A", "", for_company=True, flag=Flag.URGENT, concern=talk.concern("C"))
    confidential = talk.note("B", "", for_company=True, confidential=True)
    unticked = talk.note("D", "", flag=Flag.WATCH, concern=talk.concern("E"))
    strangers = {
        "Promised": talk.follow_up("x", talk.colleague("x"), promised=True),
        "OnTicked": talk.follow_up("x", promised=True, topic_id=ticked.topic_id),
        "Unpromised": talk.follow_up("x", topic_id=ticked.topic_id),
        "OnUnticked": talk.follow_up("x", promised=True, topic_id=unticked.topic_id),
        "OnConcern": talk.follow_up("x", promised=True, concern_id=unticked.concern_id),
        "Narrow": talk.follow_up("x", promised=True, visibility=Visibility.MANAGERS),
        "OfAnother": talk.follow_up("x", promised=True, visit_id=ticked.id),
    }
    visit = talk.visit
    records = {
        "Visit": visit,
        "Organisation": visit.organisation,
        "Further": visit.further[0].organisation,
        "Colleague": talk.owner,
        "Contact": visit.attendances[1].contact,
        "Guest": visit.attendances[2],
        "Ticked": ticked,
        "TickedTopic": ticked.topic,
        "TickedConcern": ticked.concern,
        "Confidential": confidential,
        "Unticked": unticked,
        "UntickedTopic": unticked.topic,
        "UntickedConcern": unticked.concern,
        "Helper": strangers["Promised"].assignees[0].person,
    }
    for name, record in (records | strangers).items():
        _plant(record, name, planted)
    return talk, planted


MEANT_FOR_THE_COMPANY = {
    "LEAKVisitxcompanytextx",
    "LEAKVisitxfilereferencex",
    "LEAKOrganisationxnamex",
    "LEAKOrganisationxmunicipalityx",
    "LEAKFurtherxnamex",
    "LEAKFurtherxmunicipalityx",
    "LEAKContactxtitlex",
    "LEAKContactxgivennamex",
    "LEAKContactxfamilynamex",
    "LEAKColleaguexnamex",
    "LEAKHelperxnamex",
    "LEAKTickedxnotex",
    "LEAKTickedTopicxnamedex",
    "LEAKConfidentialxnotex",
    "LEAKPromisedxtitlex",
    "LEAKOnTickedxtitlex",
}


def test_the_company_reads_only_what_is_meant_for_it() -> None:
    """Every text column holds a canary; a new column is planted, too, and must stay out."""
    talk, planted = _planted_talk()
    assert len(planted) > 100

    pdf = _for_company(talk)

    in_text = {canary for canary in planted if canary in pdf.text}
    assert in_text == MEANT_FOR_THE_COMPANY
    hidden = {canary for canary in planted if canary in pdf.hidden}
    assert hidden <= MEANT_FOR_THE_COMPANY


def test_the_canaries_are_found_where_they_may_be() -> None:
    talk, planted = _planted_talk()

    pdf = _for_file(talk)

    found = {canary for canary in planted if canary in pdf.text}
    assert {"LEAKVisitxsummaryx", "LEAKUntickedxnotex", "LEAKUntickedConcernxtitlex"} <= found
    assert {"LEAKContactxfunctionx", "LEAKGuestxoutsiderx", "LEAKNarrowxtitlex"} <= found


def test_the_company_reads_no_word_of_the_file() -> None:
    talk = whole_talk()
    talk.visit.occasion = Occasion.CRISIS

    pdf = _for_company(talk)

    for word in (
        "Krise", "Dringend", "Beobachten", "ertraulich", "ichtbar", "Für die Akte", "Anliegen",
        "Frist", "Rückmeldung", "Nachfolge", "Kammer", "Wiederansehen", "NächsterBesuch",
        "31.05.2027", "Zusammenfassung", "Amtmann", "offen·", "erledigt", "Geschäftsführerin",
    ):  # fmt: skip
        assert squeezed(word) not in pdf.text, word
        assert squeezed(word) not in pdf.hidden, word
    assert "Ausbildungsbörse:Unterlagen" in pdf.text


def test_both_versions_name_our_offers_and_the_file_what_was_used() -> None:
    talk = Talk()
    talk.offers("Flächensuche", is_used=True)
    talk.offers("Netzwerktreffen")

    file, company = _for_file(talk).text, _for_company(talk).text

    assert squeezed("Angebote Flächensuche (in Anspruch genommen) Netzwerktreffen") in file
    assert squeezed("Unsere Angebote Flächensuche Netzwerktreffen") in company
    assert "Unsere" + "Angebote" not in _for_company(Talk()).text


def test_two_notes_on_one_topic_keep_its_promises_unless_both_are_ticked() -> None:
    """A colleague may have a note of their own on a topic; theirs is not ticked."""
    talk = Talk()
    mine = talk.note("Nachfolge", "Meine", for_company=True)
    theirs = talk.note("Nachfolge", "Ihre", topic=mine.topic, topic_id=mine.topic_id)
    talk.follow_up("VERSPROCHEN", promised=True, topic_id=mine.topic_id)

    assert "VERSPROCHEN" not in _for_company(talk).text
    theirs.for_company = True
    assert "VERSPROCHEN" in _for_company(talk).text


def test_a_promise_of_a_narrower_circle_than_its_note_stays_inside() -> None:
    talk = Talk()
    note = talk.note("Nachfolge", "Für alle", for_company=True)
    talk.follow_up("VERSPROCHEN", promised=True, topic_id=note.topic_id, visibility=Visibility.TEAM)

    assert "VERSPROCHEN" not in _for_company(talk).text


def test_a_report_is_quick(record_property: Any) -> None:
    """Measured, not judged: other work on the machine must not fail a test."""
    talk = whole_talk()
    _bytes(talk)
    started = time.perf_counter()
    for number in range(10):
        talk.visit.summary = f"Fassung {number}"
        _bytes(talk)

    record_property("milliseconds", round((time.perf_counter() - started) * 100, 1))
