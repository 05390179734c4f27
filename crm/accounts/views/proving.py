"""The page that asks once more who one is, before a sensitive step."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.accounts import queries, services
from crm.accounts.forms import ProofForm
from crm.accounts.views.blueprint import address, bp, safe
from crm.errors import Conflict
from crm.policy import Permission
from crm.web import sessions
from crm.web.access import current_actor, early, requires
from crm.web.errors import put_on_form
from crm.web.resume import is_own_path, kept_input


@bp.route("/account/confirm", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
@early
def confirm() -> ResponseReturnValue:
    """Show password and code once more; then it goes on to where one was going."""
    actor, kept = current_actor(), kept_input()
    has_second_factor = queries.find_second_factor(actor.id) is not None
    form = ProofForm()
    form.expect(code=has_second_factor)
    if request.method != "POST":
        form.next.data = request.args.get("next", "")
    if form.validate_on_submit():
        try:
            services.prove(
                actor,
                sessions.current_key(),
                password=form.current_password.data or "",
                code=form.typed_code,
                safe=safe(),
                address=address(),
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            if kept:
                return render_template("accounts/resume.html", path=kept[0], fields=kept[1])
            wanted = form.next.data or ""
            there = wanted if is_own_path(wanted) else url_for("accounts.show")
            return redirect(there, code=303)
    page = render_template("accounts/confirm.html", form=form, kept=kept)
    return page, 422 if form.errors else 200
