"""The page of the agency's name, colour and logo, and the files that every page shows of it."""

from __future__ import annotations

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from crm.agency import colours, queries, services
from crm.agency.forms import LogoForm, LookForm
from crm.agency.models import Agency
from crm.agency.views.blueprint import bp
from crm.agency.views.saving import saved, tell
from crm.errors import Conflict
from crm.policy import Permission
from crm.web.access import current_actor, public, requires
from crm.web.forms import VersionedForm

_YEAR = 365 * 24 * 3600


@bp.route("/admin/look", methods=["GET", "POST"])
@requires(Permission.SETTINGS_MANAGE)
def look() -> ResponseReturnValue:
    """Set the name and the colour of the agency."""
    stored = queries.current()
    form = LookForm(
        data={"name": stored.name, "accent": stored.accent, "version": str(stored.version)}
    )
    if form.validate_on_submit():
        try:
            changed = services.set_look(
                current_actor(),
                name=form.name.data or "",
                accent=form.accent.data or "",
                version=form.seen_version,
            )
        except Conflict as conflict:
            stored = tell(conflict, form)
        else:
            return saved("agency.look", changed=changed)
    return _page(stored, form, _logo_form(stored), status=422 if form.errors else 200)


@bp.post("/admin/look/logo")
@requires(Permission.SETTINGS_MANAGE)
def set_logo() -> ResponseReturnValue:
    """Show another logo."""
    stored, form = queries.current(), LogoForm()
    if form.validate_on_submit():
        try:
            changed = services.set_logo(current_actor(), form.picture, version=form.seen_version)
        except Conflict as conflict:
            stored = tell(conflict, form)
        else:
            return saved("agency.look", changed=changed)
    names = LookForm(
        formdata=None,
        data={"name": stored.name, "accent": stored.accent, "version": str(stored.version)},
    )
    return _page(stored, names, form, status=422)


@bp.post("/admin/look/logo/remove")
@requires(Permission.SETTINGS_MANAGE)
def remove_logo() -> ResponseReturnValue:
    """Show no logo any more."""
    form = VersionedForm()
    if not form.validate_on_submit():
        abort(400)
    changed = services.remove_logo(current_actor(), version=form.seen_version)
    return saved("agency.look", changed=changed)


@bp.get("/theme/<accent>.css")
@public
def theme(accent: str) -> ResponseReturnValue:
    """Hand out the colour for every page; what cannot be read is none."""
    colour = colours.read(accent)
    if colour is None or not colours.is_readable(colour):
        abort(404)
    sheet = render_template("agency/theme.css", light=colour, dark=colours.for_dark_pages(colour))
    return _kept(Response(sheet, mimetype="text/css"))


@bp.get("/logo/<logo_hash>")
@public
def logo(logo_hash: str) -> ResponseReturnValue:
    """Hand out the logo."""
    found = queries.find_logo(logo_hash)
    if found is None:
        abort(404)
    data, mimetype = found
    return _kept(Response(data, mimetype=mimetype))


def _kept(response: Response) -> Response:
    """Let browsers keep what has its content in its address."""
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


def _logo_form(stored: Agency) -> LogoForm:
    return LogoForm(formdata=None, data={"version": str(stored.version)})


def _page(
    stored: Agency, form: LookForm, logo_form: LogoForm, *, status: int
) -> ResponseReturnValue:
    page = render_template("agency/look.html", stored=stored, form=form, logo_form=logo_form)
    return page, status
