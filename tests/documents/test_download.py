"""The report as it is handed out: complete for its reader, and nothing beyond."""

from __future__ import annotations

from http import HTTPStatus

from crm.policy import Role
from crm.visibility import Visibility
from crm.visits.models import VisitStatus
from tests.documents.pdf import Pdf
from tests.make import Make
from tests.page import Browser


def test_an_officer_hands_out_both_reports(make: Make, browser: Browser) -> None:
    organisation = make.organisation("Beispielwerk GmbH")
    contact = make.contact(organisation, family_name="Muster")
    visit = make.visit(
        organisation=organisation, contacts=[contact], summary="INTERN", company_text="EXTERN"
    )
    make.topic_note(visit, "funding", note="ANGEKREUZT", for_company=True)
    make.topic_note(visit, "sites", note="VERTRAULICH", position=1)
    make.follow_up("ZUGESAGT", visit_id=visit.id, promised=True)
    officer = browser.signed_in_as(make.officer)

    file = officer.download("visits.report", visit_id=visit.id)
    company = officer.download("visits.report", visit_id=visit.id, **{"for": "company"})

    for answer in (file, company):
        assert answer.status_code == HTTPStatus.OK
        assert answer.content_type == "application/pdf"
        text = Pdf(answer.data).text
        assert "BeispielwerkGmbH" in text
        assert "KimMuster" in text
        assert "ANGEKREUZT" in text
        assert "ZUGESAGT" in text
    assert "INTERN" in Pdf(file.data).text
    assert "VERTRAULICH" in Pdf(file.data).text
    assert "EXTERN" in Pdf(company.data).text
    assert "INTERN" not in Pdf(company.data).text
    assert "VERTRAULICH" not in Pdf(company.data).text


def test_the_report_holds_only_what_its_reader_may_see(make: Make, browser: Browser) -> None:
    """A concern joined by a stricter note is hidden behind a note that everyone reads."""
    visit = make.visit()
    concern = make.concern("GEHEIMESANLIEGEN", visibility=Visibility.MANAGERS)
    make.topic_note(visit, "funding", note="Offen für alle.", concern_id=concern.id)
    make.topic_note(
        visit, "succession", note="GEHEIMENOTIZ", position=1, visibility=Visibility.MANAGERS
    )
    make.follow_up(
        "GEHEIMEAUFGABE", visit_id=visit.id, promised=True, visibility=Visibility.MANAGERS
    )
    reader = browser.signed_in_as(make.person(Role.READER))

    for query in ({}, {"for": "company"}):
        pdf = Pdf(reader.download("visits.report", visit_id=visit.id, **query).data)

        for seen in (pdf.text, pdf.hidden):
            assert "GEHEIM" not in seen
            assert "Nachfolge" not in seen
            assert concern.reference not in seen


def test_nobody_else_gets_the_report(make: Make, browser: Browser) -> None:
    visit = make.visit(visibility=Visibility.MANAGERS)
    draft = make.visit(VisitStatus.DRAFT)
    stranger = browser.signed_in_as(make.person(team=make.team()))
    owner = browser.signed_in_as(make.officer)

    assert stranger.download("visits.report", visit_id=visit.id).status_code == HTTPStatus.NOT_FOUND
    assert owner.download("visits.report", visit_id=draft.id).status_code == HTTPStatus.NOT_FOUND


def test_the_report_speaks_its_readers_language(make: Make, browser: Browser) -> None:
    visit = make.visit(topics=["funding"])
    reader = browser.signed_in_as(make.person(language="en"))

    pdf = Pdf(reader.download("visits.report", visit_id=visit.id).data)

    assert str(pdf.root.Lang) == "en"
    assert "Fundingandfinance" in pdf.text


def test_the_companys_report_speaks_the_language_of_who_was_there(
    make: Make, browser: Browser
) -> None:
    company = make.organisation()
    anna = make.contact(company, language="en")
    bert = make.contact(company, language="de")
    reader = browser.signed_in_as(make.person(language="en"))

    for there, language in [([anna], "en"), ([anna, bert], "de"), ([], "de")]:
        visit = make.visit(organisation=company, contacts=there, topics=["funding"])
        answer = reader.download("visits.report", visit_id=visit.id, **{"for": "company"})
        assert str(Pdf(answer.data).root.Lang) == language
