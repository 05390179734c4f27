"""The page of one contact, and archiving it."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm import audit
from crm.contacts import queries, services
from crm.contacts.views.blueprint import bp
from crm.contacts.wording import happened
from crm.errors import Conflict
from crm.follow_ups import queries as follow_ups
from crm.follow_ups.desk import openable
from crm.policy import Permission, authorize
from crm.web.access import current_actor, requires
from crm.web.errors import put_on_form
from crm.web.forms import ArchiveForm
from crm.web.notices import Undo, notify, shortened


@bp.get("/contacts/<uuid:contact_id>")
@requires(Permission.CONTACT_READ)
def show(contact_id: UUID) -> ResponseReturnValue:
    """Show one contact and the organisations where they are found, and what is due about them."""
    actor = current_actor()
    contact = queries.get(actor, contact_id)
    due = follow_ups.of_contact(actor, contact_id)
    return render_template(
        "contacts/show.html",
        contact=contact,
        follow_ups=due,
        openable=openable(actor, due),
        history=[(e.at, e.actor_name, happened(e)) for e in audit.history(contact_id)],
    )


@bp.route("/contacts/<uuid:contact_id>/archive", methods=["GET", "POST"])
@requires(Permission.CONTACT_EDIT)
def archive(contact_id: UUID) -> ResponseReturnValue:
    """Take a contact out of the lists, with a reason."""
    actor = current_actor()
    contact = queries.get(actor, contact_id)
    authorize(actor, Permission.CONTACT_EDIT, contact)
    form = ArchiveForm()
    if form.validate_on_submit():
        try:
            services.archive(actor, contact_id, reason=form.reason.data or "")
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(
                _("„%(name)s“ ist archiviert.", name=shortened(contact.name)),
                undo=Undo(url=url_for("contacts.restore", contact_id=contact_id)),
            )
            return redirect(url_for("contacts.show", contact_id=contact_id), code=303)
    page = render_template("contacts/archive.html", form=form, contact=contact)
    return page, 422 if form.errors else 200


@bp.post("/contacts/<uuid:contact_id>/restore")
@requires(Permission.CONTACT_EDIT)
def restore(contact_id: UUID) -> ResponseReturnValue:
    """Put an archived contact back into the lists."""
    services.restore(current_actor(), contact_id)
    notify(_("Die Person ist wiederhergestellt."))
    return redirect(url_for("contacts.show", contact_id=contact_id), code=303)
