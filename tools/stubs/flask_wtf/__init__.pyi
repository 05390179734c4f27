# The part of Flask-WTF that this project uses; the library has no types of its own.
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField

from flask_wtf.csrf import CSRFProtect as CSRFProtect

class FlaskForm(Form):
    csrf_token: HiddenField
    def __init__(
        self,
        formdata: MultiDict[str, Any] | None = ...,
        *,
        obj: object = ...,
        prefix: str = ...,
        data: Mapping[str, Any] | None = ...,
        meta: Mapping[str, Any] | None = ...,
        **kwargs: Any,
    ) -> None: ...
    def is_submitted(self) -> bool: ...
    def validate_on_submit(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = ...
    ) -> bool: ...
    def hidden_tag(self, *fields: Any) -> Markup: ...
