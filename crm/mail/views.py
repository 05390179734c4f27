"""The page of the mail server, for administrators: what is set, what waits, and why."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.clock import now
from crm.health.queries import worker_lives
from crm.mail import queries, services
from crm.mail.wording import failed
from crm.policy import Permission
from crm.types import new_id
from crm.web.access import current_actor, current_person, requires
from crm.web.letters import Outline, content_of
from crm.web.notices import notify

bp = Blueprint("mail", __name__)
bp.add_app_template_filter(failed, "mail_failed")


@bp.get("/admin/mail")
@requires(Permission.MAIL_MANAGE)
def show() -> ResponseReturnValue:
    """Show what is set, how the mail server was last found, and what waits."""
    server = queries.find_server()
    return render_template(
        "mail/show.html",
        settings=current_app.config["CRM"],
        server=server,
        waits_until=server.due_at if server and server.due_at and server.due_at > now() else None,
        counts=queries.counts(),
        refusals=queries.refusals(),
        test=queries.find_last_test(current_actor().id),
        worker_lives=worker_lives(),
    )


@bp.post("/admin/mail/test")
@requires(Permission.MAIL_MANAGE)
def test() -> ResponseReturnValue:
    """Send a mail to oneself."""
    person = current_person()
    assert person is not None
    content = content_of(
        Outline(
            subject=_("Testnachricht von Augenhöhe"),
            lead=_("Diese Nachricht zeigt, dass der Mailversand funktioniert."),
            why=_("Sie haben diese Nachricht auf der Seite „Mailversand“ angefordert."),
        )
    )
    services.send_test(current_actor(), to=person.email, content=content, key=str(new_id()))
    notify(_("Die Testnachricht an %(address)s ist unterwegs.", address=person.email), kind="info")
    return redirect(url_for("mail.show"), code=303)


@bp.post("/admin/mail/retry")
@requires(Permission.MAIL_MANAGE)
def retry() -> ResponseReturnValue:
    """Try at once what waits, and once more what was refused."""
    services.try_again(current_actor())
    notify(_("Was wartet, wird jetzt erneut versucht."), kind="info")
    return redirect(url_for("mail.show"), code=303)
