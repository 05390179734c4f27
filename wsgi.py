"""The application for a WSGI server."""

from config import Settings
from crm import create_app, logs
from crm.web import observing

_settings = Settings.from_env()
logs.to_stderr(_settings)
app = create_app(_settings)
observing.share(app)
