"""The sheet for the partner as PDF.

Stands beside the views: it knows the reader's language (flask_babel) and the interface's words.

It leaves the house, so it has its own list of what it holds: who refers, whom and until when, and
what the company has agreed to. The concern's title, topic, flag and clock, notes, circles and
other referrals stay here; a new field of a model stays out of it until somebody writes it in.
"""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.contacts.models import Contact
from crm.contacts.wording import addressed
from crm.documents import compile_pdf
from crm.referrals.models import Referral
from crm.referrals.services import Letter
from crm.web.rendering import day, language


def referral_sheet(referral: Referral, *, agency_name: str, language: str) -> bytes:
    """Return the sheet as PDF in `language`, `de` or `en`; `referral` as `queries.get` loads it."""
    with force_locale(language):
        data = sheet_data(referral, agency_name=agency_name)
    return compile_pdf("referral", data)


def letter_to_partner(referral: Referral, *, agency_name: str, sender: str) -> Letter:
    """Return the mail with the sheet, in the language of the person at the partner.

    Its subject names no company: subjects are seen on the way.
    """
    contact = referral.contact
    with force_locale(contact.language):
        lines = (
            _("Guten Tag %(name)s,", name=addressed(contact)),
            "",
            _(
                "wir möchten Ihnen ein Unternehmen vorstellen: %(company)s. Worum es geht, steht im"
                " beigefügten Blatt; das Unternehmen ist mit der Weitergabe einverstanden.",
                company=referral.concern.organisation.name,
            ),
            "",
            _(
                "Bitte geben Sie uns bis zum %(day)s eine Rückmeldung; eine kurze Antwort auf diese"
                " Nachricht genügt.",
                day=day(referral.answer_due_on),
            ),
            "",
            _("Freundliche Grüße"),
            sender,
            agency_name,
        )
        subject = _(
            "Vermittlung %(reference)s von %(agency)s",
            reference=referral.reference,
            agency=agency_name,
        )
        file_name = f"{_('Vermittlung')}-{referral.reference}.pdf"
        pdf = compile_pdf("referral", sheet_data(referral, agency_name=agency_name))
    return Letter(subject, "\n".join(lines), pdf, file_name)


def sheet_data(referral: Referral, *, agency_name: str) -> dict[str, Any]:
    """Return what the template prints, in the current language."""
    company = referral.concern.organisation
    title = _("Vermittlung")
    return {
        "language": language(),
        "agency": agency_name,
        "title": title,
        "subject": company.name,
        "reference": referral.reference,
        "document": {
            "title": ", ".join((f"{title} {referral.reference}", company.name)),
            "author": agency_name,
            # Not the day of printing: the same referral gives the same file
            "date": referral.referred_on.isoformat(),
        },
        "page": _("Seite %(page)s von %(pages)s", page="{page}", pages="{pages}"),
        "missing_characters": _(
            "Einzelne Zeichen konnten nicht dargestellt werden und sind durch □ ersetzt."
        ),
        "facts": _facts(
            (_("An"), [referral.partner.name, _to(referral.contact)]),
            (_("Von"), [agency_name, _from(referral)]),
            (_("Unternehmen"), [f"{company.name}, {company.municipality}"]),
            (_("Ansprechbar dort"), _named(referral.named_contact)),
            (_("Rückmeldung bis"), [day(referral.answer_due_on)]),
        ),
        "text_heading": _("Worum es geht"),
        "text": referral.passed_on,
        "agreement_heading": _("Einverständnis zur Weitergabe"),
        "agreement": _(
            "Das Unternehmen hat der Weitergabe dieser Angaben am %(day)s zugestimmt (%(name)s)."
            " Bitte verwenden Sie sie nur für dieses Anliegen.",
            day=day(referral.agreed_on),
            name=referral.agreed_by,
        ),
    }


def _facts(*facts: tuple[str, list[str]]) -> list[dict[str, Any]]:
    return [{"label": label, "values": values} for label, values in facts if values]


def _to(contact: Contact) -> str:
    return ", ".join(filter(None, (addressed(contact), contact.function)))


def _from(referral: Referral) -> str:
    """Name who referred, and where the answer goes."""
    return f"{referral.referred_by.name}, {referral.referred_by.email}"


def _named(contact: Contact | None) -> list[str]:
    """Name the person at the company; by ways on which they do not want to be reached, not."""
    if contact is None:
        return []
    phones = [] if contact.no_phone else [contact.phone, contact.mobile]
    reached = [*phones, "" if contact.no_email else contact.email]
    return [_to(contact), *filter(None, [", ".join(filter(None, reached))])]
