"""No form changes what it does not show: every column there is, slipped into every form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import request

from crm.accounts.models import SignIn
from crm.audit import AuditEntry
from crm.db import Base, db, transaction
from crm.organisations import services as organisations
from crm.organisations.models import Organisation
from crm.types import new_id
from crm.web.sessions import COOKIE
from tests.databases import Kept
from tests.gates.table import ONE_DATABASE
from tests.make import PASSWORD, Make
from tests.page import Browser, Pairs
from tests.security.walking import Form, busy, forms_of

PLANTED = "Eingeschmuggelt"
# Named by each line of the log and each session anew
_ASIDE = {AuditEntry.__tablename__, SignIn.__tablename__, "audit_seal", "audit_head", "throttle"}
# By what a column holds; the more special first
_PLANTS: Mapping[type, str] = {
    bool: "y",
    int: "987654",
    datetime: "1999-09-09T09:09:09",
    date: "09.09.1999",
    UUID: str(new_id()),
}
_TABLES = [table for table in Base.metadata.sorted_tables if table.name not in _ASIDE]
# What ends the session, and what takes a file and nothing typed. The second factor has a key
# of its own each time: tests/accounts/test_second_factor.py
_LEFT_OUT = {"/sign-out", "/admin/look/logo", "/account/second-factor/new"}
_TEXT, _LATER = "Beispiel", "01.12.2030"
_ANY = "the first there is"
# What has to be filled in, by the kind of form
_FILLED: Mapping[str, Mapping[str, str]] = {
    "/account/confirm": {"current_password": PASSWORD},
    "/account/language": {"language": "en"},
    "/account/password": {"current_password": PASSWORD, "new_password": f"{PASSWORD} so leicht"},
    "/admin/bodies/new": {"name": _TEXT},
    "/admin/teams/new": {"name": _TEXT, "body": _ANY},
    "/admin/topics/new": {"name_de": _TEXT, "name_en": _TEXT},
    "/admin/works-agreement": {"reference": _TEXT, "agreed_on": "1.1.2026"},
    "/admin/people/new": {"name": _TEXT, "email": "x@kreis.example", "team": _ANY},
    "/concerns/new": {
        "organisation": "Beispiel GmbH", "title": _TEXT, "topic": _ANY, "visibility": _ANY,
    },
    "/concerns/…/procedures/new": {"title": _TEXT, "office": _TEXT, "begun_on": "1.1.2026"},
    "/concerns/…/referrals/new/…": {
        "agreed_by": _TEXT,
        "agreed_on": "1.1.2026",
        "passed_on": _TEXT,
    },
    "/concerns/…/stage": {"stage": "clarifying"},
    "/contacts/new": {"family_name": _TEXT, "organisation": "Beispiel GmbH"},
    "/contacts/…/archive": {"reason": _TEXT},
    "/follow-ups/bulk": {"page": "1"},
    "/follow-ups/new": {"title": _TEXT, "due_on": _LATER},
    "/follow-ups/…/reassign": {"assignee": _ANY},
    "/follow-ups/…/move": {"due_on": _LATER},
    "/follow-ups/…/snooze": {"until": _LATER},
    "/hand-over/…": {"successor": _ANY},
    "/organisations/new": {"name": "Neue Werke AG", "municipality": _TEXT},
    "/organisations/…/archive": {"reason": _TEXT},
    "/organisations/…/next-visit": {"due_on": _LATER},
    "/referrals/…/close": {"result": "helped", "result_note": _TEXT},
    "/saved-views": {"name": _TEXT},
    "/visits/new": {"organisation": "Beispiel GmbH", "summary": _TEXT},
    "/visits/…/archive": {"reason": _TEXT},
}  # fmt: skip
Rows = dict[str, list[str]]


def _filled(form: Form) -> Pairs:
    """Return what somebody would send who fills in what has to be."""
    typed = {
        name: form.choices[name] if text == _ANY else text
        for name, text in _FILLED.get(form.kind, {}).items()
    }
    return [(name, typed.pop(name, text)) for name, text in form.pairs] + [*typed.items()]


class Smuggler:
    """Sends each form twice from the same state: as it is, and with every column besides."""

    def __init__(self, make: Make, person: Browser):
        self._make, self._person = make, person
        foreigner = make.person(team=make.team("Ausland"))
        foreign = make.visit(owner=foreigner, organisation=make.organisation(team=make.team()))
        self._keys = {
            "person": foreigner.id, "team": foreigner.team_id, "body": foreign.body_id,
            "organisation": foreign.organisation_id, "visit": foreign.id,
        }  # fmt: skip
        self.planted = {
            column.name: self._plant(column) for table in _TABLES for column in table.columns
        }
        self._state = Kept(person.app)
        self._known = make.run(self._keys_there)
        self._cookies = [
            cookie
            for name in (COOKIE, "__Host-form")
            if (cookie := person.client.get_cookie(name)) is not None
        ]
        # The kinds of forms that were not taken
        self.refused: list[str] = []

    def _plant(self, column: sa.Column[Any]) -> str:
        kind = column.type.python_type
        for key in column.foreign_keys:
            return str(self._keys.get(key.column.table.name, new_id()))
        if members := getattr(column.type, "enums", None):
            return str(members[-1])
        return next((text for base, text in _PLANTS.items() if issubclass(kind, base)), PLANTED)

    def changed(self, form: Form) -> Iterator[str]:
        """Name the columns that became otherwise only because they were slipped in."""
        besides = [(name, text) for name, text in self.planted.items() if name not in form.names]
        pairs = _filled(form)
        if self._send(form, pairs) != HTTPStatus.SEE_OTHER:
            self.refused.append(form.kind)
        plain = self._content()
        self._send(form, [*pairs, *besides])
        slipped = self._content()
        for table, rows in plain.items():
            if rows != slipped[table]:
                yield f"{form.action}: {table}"

    def _send(self, form: Form, pairs: Pairs) -> int:
        """Send a form from the same state; return the status of the answer."""
        self._state.as_new()
        # Some forms end the session
        for cookie in self._cookies:
            self._person.client.set_cookie(cookie.key, cookie.value, secure=True)
        answer = self._person.answer("POST", form.action, pairs)
        return answer.status_code

    @staticmethod
    def _keys_there() -> set[UUID]:
        rows = (row for table in _TABLES for row in db.session.execute(sa.select(table)))
        return {value for row in rows for value in row if isinstance(value, UUID)}

    def _content(self) -> Rows:
        def read() -> Rows:
            found = {t.name: db.session.execute(sa.select(t)).mappings() for t in _TABLES}
            return {name: sorted(map(self._line, rows)) for name, rows in found.items()}

        return self._make.run(read)

    def _line(self, row: sa.RowMapping) -> str:
        """Write a row without what is new each time: moments, keys, a password's salt."""
        is_new = {name: isinstance(v, UUID) and v not in self._known for name, v in row.items()}
        return str(
            {
                name: "new" if is_new[name] else value
                for name, value in row.items()
                if not isinstance(value, datetime | bytes) and name != "password_hash"
            }
        )


@ONE_DATABASE
@pytest.mark.gate("A3")
def test_no_form_changes_what_it_does_not_show(make: Make, browser: Browser, reached: Any) -> None:
    person = busy(make, browser)
    forms = [form for form in forms_of(person) if form.action not in _LEFT_OUT]
    smuggler = Smuggler(make, person)

    assert [line for form in forms for line in smuggler.changed(form)] == []
    # Of what is refused nothing would be seen
    assert "\n".join(smuggler.refused) == ""
    reached("A3", len(forms) * len(smuggler.planted), "columns in forms")


@ONE_DATABASE
@pytest.mark.defect("A3")
def test_a_service_that_takes_what_it_is_sent_makes_it_red(
    make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = busy(make, browser)
    [form] = [f for f in forms_of(person) if f.action.endswith("/edit") and "/organis" in f.action]
    smuggler = Smuggler(make, person)
    edit = organisations.edit_organisation

    def careless(actor: Any, organisation_id: UUID, *given: Any, **named: Any) -> Any:
        with transaction() as session:
            edit(actor, organisation_id, *given, **named)
            if "name_sound" in request.form:
                session.get_one(Organisation, organisation_id).name_sound = request.form[
                    "name_sound"
                ]

    monkeypatch.setattr(organisations, "edit_organisation", careless)

    assert [line.rpartition(" ")[2] for line in smuggler.changed(form)] == ["organisation"]
