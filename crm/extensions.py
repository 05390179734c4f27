"""Flask extensions, not yet bound to an application."""

from functools import cached_property
from typing import cast

from babel.support import NullTranslations
from flask import g
from flask_babel import Babel, Domain, get_locale
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect


class _Catalogue(Domain):
    """The texts of a language, found once while it lasts: a page asks for hundreds of them."""

    def get_translations(self) -> NullTranslations:
        """Return the texts of the language that is spoken now."""
        locale = get_locale()
        if locale is None:
            return super().get_translations()
        spoken = g.get("spoken")
        if spoken is None or spoken[0] is not locale:
            spoken = g.spoken = locale, super().get_translations()
        return cast("NullTranslations", spoken[1])


class _Babel(Babel):
    @cached_property
    def domain_instance(self) -> Domain:
        return _Catalogue(domain=self.domain)


babel = _Babel()
compress = Compress()
csrf = CSRFProtect()
login_manager = LoginManager()
