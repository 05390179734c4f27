"""Augenhöhe, the CRM for business-development visits.

`create_app` reads as the table of contents of the application.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from crm import audit, jobs
from crm import db as database
from crm.accounts.views import bp as accounts
from crm.administration.views import bp as administration
from crm.agency.views import bp as agency_pages
from crm.calendar.views import bp as calendar
from crm.concerns.views import bp as concerns
from crm.contacts.views import bp as contacts
from crm.dashboard.views import bp as dashboard
from crm.extensions import compress, csrf
from crm.follow_ups.views import bp as follow_ups
from crm.health.views import bp as health
from crm.mail.views import bp as mail
from crm.my_day.views import bp as my_day
from crm.notifications.views import bp as notifications
from crm.organisations.views import bp as organisations
from crm.partners.views import bp as partners
from crm.referrals.views import bp as referrals
from crm.reports.views import bp as reports
from crm.saved_views.views import bp as saved_views
from crm.topics.views import bp as topics
from crm.visits.views import bp as visits
from crm.web import (
    access,
    agency,
    errors,
    handing_out,
    headers,
    navigation,
    notices,
    observing,
    rendering,
    sessions,
    static_files,
)
from crm.workflows.views import bp as workflows


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """Build one application from its settings; without any, from the environment."""
    settings = settings or Settings.from_env()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(settings.for_flask(), TESTING=testing)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    # In this order: who may enter is decided before a form token is looked at.
    for part in (observing, database, jobs, sessions, headers, access):
        part.init_app(app)
    with app.app_context():
        audit.keep(settings)
    csrf.init_app(app)
    for part in (errors, rendering, agency, navigation, notices, static_files, handing_out):
        part.init_app(app)
    compress.init_app(app)
    for blueprint in (
        accounts,
        my_day,
        visits,
        concerns,
        follow_ups,
        organisations,
        contacts,
        notifications,
        administration,
        agency_pages,
        topics,
        mail,
        partners,
        referrals,
        calendar,
        workflows,
        reports,
        dashboard,
        saved_views,
        health,
    ):
        app.register_blueprint(blueprint)
    return app
