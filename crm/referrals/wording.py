"""What pages say about a referral and about what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from crm.audit import Event
from crm.paging import Count
from crm.referrals.forms import ReferralForm
from crm.referrals.models import Referral, ReferralResult
from crm.web.forms import label_of
from crm.web.rendering import counted, day, due, due_kind, number
from crm.web.words import word

# What the history calls otherwise than the form
_FIELDS = {"contact_id": "contact", "named_contact_id": "named_contact"}


def count_text(count: Count) -> str:
    """Return how many referrals a list holds."""
    things = ngettext(
        "%(count)s Vermittlung", "%(count)s Vermittlungen", count.number, count=number(count.number)
    )
    return counted(count, things)


def state_of(referral: Referral) -> str:
    """Return where a referral stands: Rückmeldung bis 04.12.2026, hat geholfen."""
    if referral.result is not None:
        return word(referral.result)
    if referral.is_overdue:
        return _("Rückmeldung %(late)s", late=due(referral.answer_due_on))
    return _("Rückmeldung bis %(day)s", day=day(referral.answer_due_on))


def state_kind(referral: Referral) -> str:
    """Return the kind of badge for where a referral stands."""
    match referral.result:
        case None:
            return due_kind(referral.answer_due_on)
        case ReferralResult.HELPED:
            return "success"
    return "neutral"


_SAID = {
    "added": _l("hat die Vermittlung angelegt"),
    "edited": _l("hat geändert: %(fields)s"),
    "closed": _l("hat die Vermittlung abgeschlossen: %(result)s"),
    "reopened": _l("hat die Vermittlung wieder geöffnet"),
    "taken_back": _l("hat die Vermittlung zurückgenommen"),
    "put_back": _l("hat die Vermittlung wiederhergestellt"),
    "mailed": _l("hat das Blatt per E-Mail an den Partner gesendet"),
}
_SAID_OF_CONCERN = {
    "referred": _l("hat an %(partner)s vermittelt"),
    "referral_closed": _l("hat die Vermittlung an %(partner)s abgeschlossen: %(result)s"),
    "referral_reopened": _l("hat die Vermittlung an %(partner)s wieder geöffnet"),
    "referral_taken_back": _l("hat die Vermittlung an %(partner)s zurückgenommen"),
    "referral_put_back": _l("hat die Vermittlung an %(partner)s wiederhergestellt"),
    "referral_mailed": _l("hat die Vermittlung per E-Mail an %(partner)s gesendet"),
}


def happened(event: Event) -> str:
    """Return what an audit line of a referral says."""
    return _said(_SAID, event)


def happened_to_referral(event: Event) -> str:
    """Return what an audit line of a concern says about one of its referrals."""
    return _said(_SAID_OF_CONCERN, event)


def _said(sentences: Mapping[str, Any], event: Event) -> str:
    changes = event.changes
    if event.action not in sentences:
        return event.action
    result = changes.get("result")
    values = {
        "partner": changes.get("partner", ""),
        "result": word(ReferralResult(result)) if result else "",
        "fields": ", ".join(map(field_name, changes.get("fields", ()))),
    }
    return str(sentences[event.action]) % values


def field_name(name: str) -> str:
    """Return what the history calls a field."""
    return label_of(ReferralForm, _FIELDS.get(name, name))
