"""Save a view, and the page on which a person tidies theirs up."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.errors import Conflict
from crm.policy import Permission
from crm.saved_views import queries, services
from crm.saved_views.forms import RenameForm, SaveForm, query_of
from crm.saved_views.models import Place, SavedView
from crm.types import new_id
from crm.web.access import current_actor, requires
from crm.web.errors import put_on_form
from crm.web.notices import Undo, notify, shortened

bp = Blueprint("saved_views", __name__)

_ENDPOINTS = {Place.DASHBOARD: "dashboard.index", Place.VISITS: "visits.index"}


def _address(place: Place, query: str) -> str:
    url = url_for(_ENDPOINTS[place])
    return f"{url}?{query}" if query else url


@bp.app_template_global("view_address")
def address_of(view: SavedView) -> str:
    """Return the address of a saved view."""
    return _address(view.place, view.query)


@bp.app_template_global("saved_views_of")
def menu_of(place: str) -> dict[str, object]:
    """Return what the menu of a page's views shows: the views, and the fields that save another."""
    here = query_of(request.query_string.decode("ascii", "replace"))
    return {
        "views": [
            (view.name, address_of(view), view.query == here)
            for view in queries.saved_views(current_actor(), Place(place))
        ],
        "fields": {"place": place, "query": here, "key": str(new_id())},
    }


@bp.get("/saved-views")
@requires(Permission.VIEW_EDIT)
def index() -> ResponseReturnValue:
    """List one's views with what can be done with them."""
    return _page()


@bp.post("/saved-views")
@requires(Permission.VIEW_EDIT)
def save() -> ResponseReturnValue:
    """Keep the filters of a page under a name, and go back there."""
    form = SaveForm()
    place = form.wanted_place
    if place is None:
        abort(400)
    if form.validate_on_submit():
        try:
            view = services.save_view(
                current_actor(),
                form.new_key,
                place,
                name=form.name.data or "",
                query=form.wanted_query,
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(
                _("Die Ansicht „%(name)s“ ist gesichert.", name=shortened(view.name)),
                undo=Undo(url=url_for("saved_views.delete", view_id=view.id)),
            )
            return redirect(address_of(view), code=303)
    form.query.data = form.wanted_query
    back = _address(place, form.wanted_query)
    return render_template("saved_views/save.html", form=form, back=back), 422


@bp.post("/saved-views/<uuid:view_id>/rename")
@requires(Permission.VIEW_EDIT)
def rename(view_id: UUID) -> ResponseReturnValue:
    """Give a view another name."""
    actor = current_actor()
    queries.get(actor, view_id)
    form = RenameForm()
    if form.validate_on_submit():
        try:
            view = services.rename_view(actor, view_id, form.name.data or "")
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("Die Ansicht heißt nun „%(name)s“.", name=shortened(view.name)))
            return redirect(url_for("saved_views.index"), code=303)
    return _page(form=form, renamed_id=view_id), 422


@bp.post("/saved-views/<uuid:view_id>/delete")
@requires(Permission.VIEW_EDIT)
def delete(view_id: UUID) -> ResponseReturnValue:
    """Delete a view."""
    view = services.delete_view(current_actor(), view_id)
    notify(
        _("Die Ansicht „%(name)s“ ist gelöscht.", name=shortened(view.name)),
        undo=Undo(url=url_for("saved_views.restore", view_id=view_id)),
    )
    return redirect(url_for("saved_views.index"), code=303)


@bp.post("/saved-views/<uuid:view_id>/restore")
@requires(Permission.VIEW_EDIT)
def restore(view_id: UUID) -> ResponseReturnValue:
    """Bring a deleted view back."""
    view = services.restore_view(current_actor(), view_id)
    notify(_("Die Ansicht „%(name)s“ ist wieder da.", name=shortened(view.name)))
    return redirect(url_for("saved_views.index"), code=303)


def _page(*, form: RenameForm | None = None, renamed_id: UUID | None = None) -> str:
    return render_template(
        "saved_views/index.html",
        views=queries.saved_views(current_actor()),
        form=form,
        renamed_id=renamed_id,
    )
