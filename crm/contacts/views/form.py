"""The forms on which a contact is added and edited."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.contacts import queries, services
from crm.contacts.forms import ContactForm, values_of
from crm.contacts.models import Contact
from crm.contacts.views.blueprint import bp
from crm.errors import Conflict, Stale
from crm.organisations import queries as organisations
from crm.policy import Permission, authorize
from crm.text import search_key
from crm.web.access import current_actor, requires
from crm.web.conflicts import Difference, differences
from crm.web.errors import put_on_form
from crm.web.forms import keys_of
from crm.web.listing import key_arg
from crm.web.notices import notify, shortened


@bp.route("/contacts/new", methods=["GET", "POST"])
@requires(Permission.CONTACT_EDIT)
def new() -> ResponseReturnValue:
    """Add a contact, at the `organisation` of the address if there is one."""
    actor = current_actor()
    wanted = [str(key)] if (key := key_arg("organisation")) else []
    data = None if request.method == "POST" else {"organisation_ids": wanted}
    form = ContactForm(data=data)
    _offer(form)
    namesakes: Sequence[Contact] = ()
    if form.is_submitted() and _find_typed(form) and form.validate():
        namesakes = _namesakes(form)
        if namesakes and not form.confirm_new.data:
            form.confirm_new.errors = [_("Bitte prüfen Sie, ob diese Person schon erfasst ist.")]
            return _page("contacts/new.html", form, namesakes=namesakes)
        try:
            contact = services.add_contact(
                actor,
                form.draft(),
                form.chosen_ids,
                primary_ids=keys_of(form.primary_ids.data),
                key=form.new_key,
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("„%(name)s“ ist angelegt.", name=shortened(contact.name)))
            return redirect(url_for("contacts.show", contact_id=contact.id), code=303)
    return _page("contacts/new.html", form, namesakes=namesakes)


@bp.route("/contacts/<uuid:contact_id>/edit", methods=["GET", "POST"])
@requires(Permission.CONTACT_EDIT)
def edit(contact_id: UUID) -> ResponseReturnValue:
    """Edit a contact; whoever saves second sees both versions."""
    actor = current_actor()
    contact = queries.get(actor, contact_id)
    authorize(actor, Permission.CONTACT_EDIT, contact)
    form = ContactForm(data=None if request.method == "POST" else values_of(contact))
    _offer(form)
    if form.is_submitted() and _find_typed(form) and form.validate():
        try:
            services.edit_contact(
                actor,
                contact_id,
                form.draft(),
                form.chosen_ids,
                version=form.seen_version,
                primary_ids=keys_of(form.primary_ids.data),
            )
        except Stale:
            return _conflict_page(form, contact_id)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("Die Änderungen sind gesichert."))
            return redirect(url_for("contacts.show", contact_id=contact_id), code=303)
    return _page("contacts/edit.html", form, contact=contact)


def _namesakes(form: ContactForm) -> Sequence[Contact]:
    """Return who may be the same person; the form sent again is none."""
    return queries.namesakes(
        current_actor(),
        form.family_name.data or "",
        form.given_name.data or "",
        without=form.new_key,
    )


def _offer(form: ContactForm) -> None:
    form.offer(organisations.by_ids(current_actor(), form.asked_ids))


def _find_typed(form: ContactForm) -> bool:
    """Find the organisation whose name was typed and not picked: without JavaScript.

    One that fits is taken; of several the person ticks one. Tell whether that is settled.
    """
    text = form.organisation.data or ""
    if form.organisation_id.data or not text or form.organisation.process_errors:
        return True
    found = organisations.suggest(current_actor(), text)
    exact = [o for o in found if search_key(o.name) == search_key(text)]
    if len(one := exact or found) == 1:
        form.organisation_id.data = str(one[0].id)
        _offer(form)
        return True
    form.validate()
    if not found:
        sentence = _("Eine Organisation dieses Namens gibt es nicht.")
    else:
        sentence = _("Mehrere Organisationen passen. Bitte kreuzen Sie die richtige an.")
        known = organisations.by_ids(current_actor(), form.asked_ids)
        form.offer([*known, *(o for o in found if o not in known)])
    form.organisation.errors = [*form.organisation.errors, sentence]
    return False


def _conflict_page(form: ContactForm, contact_id: UUID) -> ResponseReturnValue:
    """Show what was typed beside what is stored; sending again saves over it."""
    stored = queries.get(current_actor(), contact_id)
    form.organisation_ids.data = [str(key) for key in form.chosen_ids]
    form.organisation.data = form.organisation_id.data = ""
    _offer(form)
    theirs = ContactForm(formdata=None, data=values_of(stored))
    _offer(theirs)
    rows = differences(form, theirs, without={"organisation", "organisation_id", "confirm_new"})
    form.version.data = str(stored.version)
    return _page("contacts/edit.html", form, contact=stored, rows=rows)


def _page(
    template: str,
    form: ContactForm,
    *,
    contact: Contact | None = None,
    namesakes: Sequence[Contact] = (),
    rows: list[Difference] | None = None,
) -> ResponseReturnValue:
    status = 409 if rows is not None else 422 if form.errors else 200
    page = render_template(template, form=form, contact=contact, namesakes=namesakes, rows=rows)
    return page, status
