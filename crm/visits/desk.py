"""What lies on the desk while a visit is being written: the form with everything it offers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Field

from crm.accounts import queries as accounts
from crm.accounts.models import Person
from crm.clock import today
from crm.concerns import queries as concerns
from crm.contacts import queries as contacts
from crm.contacts.models import Contact
from crm.follow_ups import queries as follow_ups
from crm.offers import queries as offers
from crm.organisations import queries as organisations
from crm.organisations.listing import last_visit
from crm.organisations.matching import Traits
from crm.organisations.models import Organisation
from crm.policy import Actor
from crm.types import new_id
from crm.visits import listing, queries
from crm.visits.draft import Sent
from crm.visits.forms import VisitForm
from crm.visits.models import VISIT_MODES, Visit, VisitStatus
from crm.web.forms import key_of, keys_of
from crm.web.rendering import language

# Neither what was typed nor a choice: left out of drafts and of the content's hash
_NOT_CONTENT = frozenset({"csrf_token", "version"})


def form_from(
    actor: Actor,
    sent: MultiDict[str, str] | None,
    *,
    data: dict[str, Any] | None = None,
    visit: Visit | None = None,
) -> VisitForm:
    """Return the form with everything it offers, from what was sent or from `data`."""
    form = VisitForm(sent, data=data)
    topics, our_offers = offers.topics_and_offers()
    kept = _named_by(visit, sent)
    form.topic_names = {topic.id: topic.name(language()) for topic in topics}
    form.team_id = visit.team_id if visit else actor.team_id
    form.offer(
        actor,
        topics=[topic for topic in topics if not topic.retired_at or str(topic.id) in kept],
        colleagues=(colleagues := accounts.colleagues(actor)),
        former=_former(visit, colleagues),
        offers=[offer for offer in our_offers if not offer.retired_at or str(offer.id) in kept],
        language=language(),
    )
    _resolve(actor, form, visit)
    if visit is not None and visit.status is VisitStatus.COMPLETED:
        notes = queries.note_per_topic(actor, visit)
        for panel in form.panels:
            note = notes.get(panel.topic.id)
            panel.known_concern = note.concern if note else None
    return form


def _former(visit: Visit | None, colleagues: Sequence[Person]) -> list[Person]:
    """Return who of us took part and is no colleague any more: an edit leaves them there."""
    known = {person.id for person in colleagues}
    attendances = visit.attendances if visit else []
    return [a.person for a in attendances if a.person and a.person_id not in known]


def _named_by(visit: Visit | None, sent: MultiDict[str, str] | None) -> set[str]:
    """Return the topics and offers that stand in the visit or were typed: retired, they stay."""
    kept = _typed_about(sent)
    if sent is not None:
        kept.update(sent.getlist("offers"), sent.getlist("offers_used"))
    if visit is not None:
        kept.update(str(note.topic_id) for note in visit.topic_notes)
        kept.update(str(mentioned.offer_id) for mentioned in visit.offers)
    return kept


def _typed_about(sent: MultiDict[str, str] | None) -> set[str]:
    """Return the topics that are chosen, or have a note, in a form as it was sent."""
    data: Mapping[str, str] = sent or {}
    return {
        key
        for name, key in data.items()
        if name.startswith("topics-")
        and name.endswith("-topic_id")
        and (
            data.get(name.removesuffix("topic_id") + "chosen")
            or data.get(name.removesuffix("topic_id") + "note", "").strip()
        )
    }


def _resolve(actor: Actor, form: VisitForm, visit: Visit | None) -> None:
    """Find the organisations that were named or picked, and offer what they bring along."""
    lead = _lead(actor, form)
    keys = keys_of(form.further.data)
    further = list(organisations.by_ids(actor, keys)) if keys else []
    if form.further_text.data and not form.further_text.process_errors:
        other, alternatives = _named(actor, form.further_text.data)
        if other is not None:
            further.append(other)
            form.further_text.data = ""
        else:
            _refuse(form.further_text, _unknown(alternatives))
    further = [other for other in dict.fromkeys(further) if lead is None or other.id != lead.id]
    tables = [o.id for o in ([lead] if lead else []) + further]
    present: list[Contact] = []
    if tables:
        present += contacts.of_organisations(actor, tables, with_places=False)
    if visit is not None:
        # Who took part then stays, archived or at another organisation by now
        there = {contact.id for contact in present}
        present += [a.contact for a in visit.attendances if a.contact and a.contact_id not in there]
    form.offer_organisation(
        lead,
        further=further,
        contacts=present,
        concerns=concerns.open_of(actor, lead.id) if lead else [],
    )


def _lead(actor: Actor, form: VisitForm) -> Organisation | None:
    chosen = key_of(form.alternative.data)
    if chosen and (alternative := organisations.find(actor, chosen)):
        return alternative
    typed = form.organisation.data or ""
    key = key_of(form.organisation_id.data)
    picked = organisations.find(actor, key) if key else None
    if picked is not None and (not typed or typed == picked.name):
        return picked
    if not typed or form.organisation.process_errors:
        return None
    if form.new_organisation.data:
        _compare_new(actor, form, typed)
        return None
    found, form.alternatives = _named(actor, typed)
    if found is None:
        _refuse(form.organisation, _unknown(form.alternatives))
    return found


def _compare_new(actor: Actor, form: VisitForm, name: str) -> None:
    """Show what may be the same organisation, once, before a second one is made."""
    if form.confirm_new.data:
        return
    likely = organisations.likely_duplicates(actor, Traits(name=name))
    form.alternatives = [d.organisation for d in likely if d.organisation.archived_at is None]
    if form.alternatives:
        form.asks_to_confirm = True
        _refuse(
            form.organisation,
            _(
                "Ähnliche Organisationen gibt es schon."
                " Wählen Sie eine oder bestätigen Sie die neue."
            ),
        )


def _named(actor: Actor, text: str) -> tuple[Organisation | None, Sequence[Organisation]]:
    """Return the one organisation of this very name, or else those that sound like it."""
    exact = organisations.named(actor, text)
    if len(exact) == 1:
        return exact[0], []
    return None, exact or organisations.suggest(actor, text, limit=5)


def _refuse(field: Field, sentence: str) -> None:
    # WTForms forgets `errors` when it validates, but keeps what went wrong before
    field.process_errors = [*field.process_errors, sentence]
    field.errors = field.process_errors


def _unknown(alternatives: Sequence[Organisation]) -> str:
    if alternatives:
        return _("Bitte wählen Sie eine der gefundenen Organisationen oder legen Sie eine neue an.")
    return _("Diese Organisation ist noch nicht erfasst. Legen Sie sie gleich hier an.")


def blank_data(actor: Actor, organisation_id: UUID | None) -> dict[str, Any]:
    """Return what a new form starts with: today, here, me."""
    return {
        "visit_id": str(new_id()),
        "version": "0",
        "visited_on": today(),
        "organisation_id": str(organisation_id or ""),
        "people": [str(actor.id)],
    }


def data_of(actor: Actor, visit: Visit) -> dict[str, Any]:
    """Return what the form of a planned or completed visit starts with."""
    return {
        "visit_id": str(visit.id),
        "version": str(visit.version),
        "organisation": visit.organisation.name if visit.organisation else "",
        "organisation_id": str(visit.organisation_id),
        "further": [str(further.organisation_id) for further in visit.further],
        "visited_on": visit.visited_on,
        "visited_at": visit.visited_at,
        "mode": visit.mode,
        "occasion": visit.occasion or "",
        "contacts": [str(a.contact_id) for a in visit.attendances if a.contact_id],
        "people": [str(a.person_id) for a in visit.attendances if a.person_id],
        "outsiders": "\n".join(a.outsider for a in visit.attendances if a.outsider),
        "topics": [
            {
                "topic_id": str(note.topic_id),
                "chosen": True,
                "note": note.note,
                "flag": note.flag,
                "visibility": note.visibility,
                "confidential": note.confidential,
                "for_company": note.for_company,
                "look_again": note.look_again_on,
                "concern": note.wants_concern,
                "concern_title": note.concern_title,
                "concern_id": str(note.concern_id or ""),
            }
            for note in queries.note_per_topic(actor, visit).values()
        ],
        "offers": [str(mentioned.offer_id) for mentioned in visit.offers],
        "offers_used": [str(m.offer_id) for m in visit.offers if m.is_used],
        "summary": visit.summary,
        "company_text": visit.company_text,
        "next_visit_due": visit.next_visit_due_on,
        "file_reference": visit.file_reference,
        "visibility": visit.visibility,
    }


def sent_form(form: VisitForm, *, visit_id: UUID, editing: bool) -> Sent:
    """Return for which visit, seen in which version, the form was sent, and with which content.

    A new visit is made once, whatever its draft's version was; an edit is an edit of a version.
    """
    pairs = [
        [name, value]
        for name, values in request.form.lists()
        if name not in _NOT_CONTENT
        for value in values
    ]
    seen = form.seen_version if editing else 0
    content = json.dumps([seen, sorted(pairs)]).encode("utf-8", "replace")
    return Sent(
        visit_id=visit_id,
        version=form.seen_version,
        content_hash=hashlib.sha256(content).digest(),
        pairs=pairs,
    )


def surroundings(actor: Actor, form: VisitForm, visit_id: UUID | None) -> dict[str, Any]:
    """Return what stands beside the form: the company, its last visits, what is open.

    visit_id  the visit that the form is about, once there is one
    """
    organisation = form.lead
    found = follow_ups.beside(
        actor, organisation_id=organisation.id if organisation else None, visit_id=visit_id
    )
    own = [follow_up for follow_up in found if follow_up.visit_id == visit_id]
    if organisation is None:
        return {"lead": None, "follow_ups": own}
    visits = [v for v in listing.latest(actor, organisation.id, limit=4) if v.id != visit_id]
    # Nearly always among those at hand
    held = [
        v.visited_on for v in visits if v.status is VisitStatus.COMPLETED and v.mode in VISIT_MODES
    ]
    open_follow_ups = [
        follow_up
        for follow_up in found
        if follow_up.is_open and follow_up.organisation_id == organisation.id
    ]
    return {
        "lead": organisation,
        "follow_ups": own,
        "visits": visits[:3],
        "topic_names": form.topic_names,
        "last_visit_on": held[0] if held else last_visit(actor, organisation.id, without=visit_id),
        "concerns": form.open_concerns,
        "open_follow_ups": open_follow_ups,
        "promised": [f for f in open_follow_ups if f.promised],
        "overdue": [f for f in open_follow_ups if f.due_on < today()],
        "colleague_visit": queries.colleague_lately(
            actor,
            [organisation.id, *keys_of(form.further.data)],
            day=form.visited_on.data or today(),
            without=visit_id,
        ),
    }
