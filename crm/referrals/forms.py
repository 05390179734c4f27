"""Forms of referrals: to whom with what agreement, and with what result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, ValidationError

from crm.clock import next_working_day, today
from crm.contacts.models import Contact
from crm.contacts.services import ContactDraft
from crm.contacts.wording import addressed
from crm.referrals.models import Referral, ReferralResult
from crm.referrals.services import ReferralDraft
from crm.web.addresses import valid_email, valid_phones
from crm.web.forms import (
    ChoiceField,
    DayField,
    KeyedForm,
    LineField,
    RadiosField,
    TextField,
    VersionedForm,
    choices_of,
    key_of,
)
from crm.web.words import words

# Instead of a known person: the one whose name stands below
NEW = "new"
_ANSWER_WITHIN = timedelta(weeks=2)
_NO_HINTS = {"autocomplete": "off"}


class ReferralForm(VersionedForm, KeyedForm):
    """Refer a concern to a partner, or change what was agreed."""

    contact = RadiosField(_l("Wen sprechen wir dort an?"))
    new_given_name = LineField(_l("Vorname"), render_kw=_NO_HINTS)
    new_family_name = LineField(_l("Nachname"), render_kw=_NO_HINTS)
    new_function = LineField(_l("Funktion"), render_kw=_NO_HINTS)
    new_email = LineField(
        _l("E-Mail"), validators=[valid_email], render_kw={"inputmode": "email", **_NO_HINTS}
    )
    new_phone = LineField(
        _l("Telefon"), validators=[valid_phones], render_kw={"inputmode": "tel", **_NO_HINTS}
    )
    agreed_by = LineField(
        _l("Wer hat zugestimmt?"),
        validators=[
            DataRequired(
                _l(
                    "Ohne Einverständnis des Unternehmens geht nichts an den Partner."
                    " Bitte geben Sie an, wer zugestimmt hat."
                )
            )
        ],
        render_kw=_NO_HINTS,
    )
    agreed_on = DayField(_l("Wann?"), description=_l("Zum Beispiel heute, 22.11. oder gestern."))
    passed_on = TextField(
        _l("Was darf der Partner erfahren?"),
        description=_l(
            "Genau dieser Text geht an den Partner. Keine Gesundheits- oder Familienangaben."
        ),
        validators=[DataRequired(_l("Bitte schreiben Sie, was der Partner erfahren darf."))],
    )
    named_contact = ChoiceField(_l("Wen darf der Partner beim Unternehmen ansprechen?"))
    answer_due_on = DayField(
        _l("Rückmeldung bis"), ahead=True, description=_l("Zum Beispiel 22.11., Fr oder +2w.")
    )

    def offer(
        self,
        at_partner: Sequence[Contact],
        at_company: Sequence[Contact],
        *,
        referral: Referral | None = None,
        land: str,
        saved: bool = False,
    ) -> None:
        """Set who can be chosen; who was chosen before stays so. The form itself never queries.

        saved  fill in what is stored, whatever was sent
        """
        there, here = list(at_partner), list(at_company)
        if referral is not None:
            there += [c for c in (referral.contact,) if c not in there]
            here += [c for c in (referral.named_contact,) if c is not None and c not in here]
        self.contact.choices = [(str(c.id), _described(c)) for c in there]
        self.contact.choices.append((NEW, _("Jemand anderes, noch nicht eingetragen")))
        self.named_contact.choices = [
            ("", _("niemanden, alles über uns")),
            *((str(c.id), _described(c)) for c in here),
        ]
        self.agreeing = [addressed(contact) for contact in here]
        if saved or not self.is_submitted():
            self._preset(there, referral, land)

    def _preset(self, there: Sequence[Contact], referral: Referral | None, land: str) -> None:
        if referral is None:
            self.contact.data = str(there[0].id) if there else NEW
            self.answer_due_on.data = next_working_day(today() + _ANSWER_WITHIN, land)
            return
        self.version.data = str(referral.version)
        self.contact.data = str(referral.contact_id)
        self.named_contact.data = str(referral.named_contact_id or "")
        for name in ("agreed_by", "agreed_on", "passed_on", "answer_due_on"):
            self[name].data = getattr(referral, name)

    @property
    def is_new_contact(self) -> bool:
        """Whether the person at the partner is still to be added."""
        return bool(self.contact.data == NEW)

    def validate_new_family_name(self, field: Any) -> None:
        """Ask for the name of a new person."""
        if self.is_new_contact and not field.data:
            raise ValidationError(_("Bitte geben Sie den Nachnamen ein."))

    def validate_agreed_on(self, field: Any) -> None:
        """Ask for the day on which the company agreed, which is not ahead."""
        if field.errors:
            return
        if field.data is None or field.data > today():
            raise ValidationError(
                _("Bitte geben Sie an, wann das Unternehmen zugestimmt hat: heute oder früher.")
            )

    def validate_answer_due_on(self, field: Any) -> None:
        """Ask for the day by which the partner is to answer."""
        if field.data is None and not field.errors:
            raise ValidationError(_("Bitte geben Sie an, bis wann Sie eine Antwort erwarten."))

    def draft(self, *, working_days_of: str) -> tuple[ReferralDraft, date | None]:
        """Return the typed content of a form that has validated, due on a working day of the Land.

        Besides, the date that was typed, when another one holds.
        """
        typed = self.answer_due_on.data
        assert typed is not None
        new_contact = None
        if self.is_new_contact:
            new_contact = ContactDraft(
                given_name=self.new_given_name.data or "",
                family_name=self.new_family_name.data or "",
                function=self.new_function.data or "",
                email=self.new_email.data or "",
                phone=self.new_phone.data or "",
            )
        draft = ReferralDraft(
            contact_id=key_of(self.contact.data),
            new_contact=new_contact,
            agreed_by=self.agreed_by.data or "",
            agreed_on=self.agreed_on.data,
            passed_on=self.passed_on.data or "",
            named_contact_id=key_of(self.named_contact.data),
            answer_due_on=next_working_day(typed, working_days_of),
        )
        return draft, typed if typed != draft.answer_due_on else None


class ResultForm(VersionedForm):
    """Close a referral with what came of it."""

    result = RadiosField(_l("Was hat die Vermittlung ergeben?"), validate_choice=False)
    result_note = LineField(
        _l("In einem Satz"), description=_l("Zum Beispiel was der Partner zugesagt hat.")
    )

    def offer(self, referral: Referral) -> None:
        """Set the results; an earlier line of text is kept."""
        self.result.choices = choices_of(words(ReferralResult))
        if not self.is_submitted():
            self.version.data = str(referral.version)
            self.result.data = referral.result.value if referral.result else None
            self.result_note.data = referral.result_note

    @property
    def wanted(self) -> ReferralResult | None:
        """Return the chosen result, or None."""
        try:
            return ReferralResult(self.result.data)
        except ValueError:
            return None


def _described(contact: Contact) -> str:
    reached = contact.email or contact.phone or contact.mobile
    return ", ".join(filter(None, (addressed(contact), contact.function, reached)))
