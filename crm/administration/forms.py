"""The forms of people and of their rights."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import DataRequired, InputRequired

from crm.accounts.models import Person, Team
from crm.accounts.services import Invitation, Rights
from crm.accounts.wording import LANGUAGES
from crm.policy import Role
from crm.web.addresses import valid_email
from crm.web.forms import (
    ChecksField,
    ChoiceField,
    Form,
    KeyedForm,
    LineField,
    VersionedForm,
    choices_of,
    key_of,
    keys_of,
    labels_of,
)
from crm.web.words import words


class WhoForm(KeyedForm):
    """Who is invited."""

    name = LineField(
        _l("Name"), validators=[DataRequired(_l("Bitte geben Sie den Vor- und Nachnamen ein."))]
    )
    email = LineField(
        _l("E-Mail"),
        validators=[
            InputRequired(_l("Bitte geben Sie die E-Mail-Adresse ein.")),
            valid_email,
        ],
        render_kw={"type": "email", "inputmode": "email", "autocomplete": "off"},
    )
    language = ChoiceField(_l("Sprache"), choices=choices_of(LANGUAGES), default="de")


_WORKING_ROLES = {role: word for role, word in words(Role).items() if role is not Role.NONE}


class RightsForm(Form):
    """What a person may do, and where."""

    role = ChoiceField(_l("Rolle"), choices=choices_of(words(Role)), default=Role.OFFICER.value)
    team = ChoiceField(_l("Team"))
    leads = ChecksField(
        _l("Leitet außerdem"),
        description=_l("Nur für die Rolle Leitung. Das eigene Team leitet sie ohnehin."),
    )
    is_administrator = BooleanField(
        _l("Verwaltet Augenhöhe"),
        description=_l(
            "Lädt Personen ein und sieht Mailversand und Änderungsprotokoll. Besuche und Anliegen"
            " sieht nur, wer auch eine Rolle hat."
        ),
    )

    def offer(self, teams: Sequence[Team], *, of: Person | None = None) -> None:
        """Set which teams can be chosen: open ones, and those that somebody is in or leads."""
        kept = {of.team_id, *(lead.team_id for lead in of.led)} if of else set()
        offered = [
            (str(team.id), f"{team.name}, {team.body.name}")
            for team in teams
            if team.closed_at is None or team.id in kept
        ]
        self.team.choices = [("", _("kein Team")), *offered]
        self.leads.choices = list(offered)

    @property
    def rights(self) -> Rights:
        """Return what was chosen."""
        return Rights(
            role=Role(self.role.data),
            team_id=key_of(self.team.data),
            leads=frozenset(keys_of(self.leads.data)),
            is_administrator=bool(self.is_administrator.data),
        )


class InvitationForm(WhoForm, RightsForm):
    """Invite a person."""

    @property
    def invitation(self) -> Invitation:
        """Return who is invited, and to what."""
        return Invitation(
            email=self.email.data or "",
            name=self.name.data or "",
            language=self.language.data,
            rights=self.rights,
        )


class ChangedRightsForm(VersionedForm, RightsForm):
    """Change what a person may do."""


class DutyForm(Form):
    """Choose which roles have to have a second factor."""

    roles = ChecksField(
        _l("Der zweite Faktor ist Pflicht für"),
        choices=choices_of({Role.NONE: _l("Verwaltung, mit und ohne Rolle"), **_WORKING_ROLES}),
    )
    seen = HiddenField()

    def show(self, obliged: Collection[Role]) -> None:
        """Tick what is stored, and note that it was seen."""
        self.roles.data = [role.value for role in obliged]
        self.seen.data = " ".join(sorted(role.value for role in obliged))

    @property
    def chosen(self) -> frozenset[Role]:
        """Return what was chosen."""
        return frozenset(map(Role, self.roles.data or ()))

    @property
    def seen_roles(self) -> frozenset[str]:
        """Return what was stored when the page was shown."""
        return frozenset((self.seen.data or "").split())

    def name_of(self, role: Role) -> str:
        """Return what the page calls a role."""
        return labels_of(self.roles)[role.value]


def rights_of(person: Person) -> dict[str, Any]:
    """Return what the form of a person shows at first; `led` is loaded."""
    return {
        "version": str(person.version),
        "role": person.role.value,
        "team": str(person.team_id or ""),
        "leads": [str(lead.team_id) for lead in person.led if lead.team_id != person.team_id],
        "is_administrator": person.is_administrator,
    }
