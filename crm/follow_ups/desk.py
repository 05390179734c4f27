"""What several pages with follow-ups need: where links lead, where a new one hangs, quick dates."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask_babel import gettext as _

from crm.clock import next_working_day, today
from crm.concerns import queries as concerns
from crm.contacts import queries as contacts
from crm.dates import add_months
from crm.errors import NotFound
from crm.follow_ups import queries
from crm.follow_ups.models import FollowUp
from crm.organisations import queries as organisations
from crm.policy import Actor
from crm.visibility import Visibility, may_see
from crm.visits import queries as visits
from crm.visits.models import VisitStatus
from crm.web.listing import key_arg


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a new follow-up hangs on, and the circle it may not be wider than.

    team_id     the team of the visit or concern; None where it becomes the actor's
    """

    name: str = ""
    visibility: Visibility = Visibility.BODY
    team_id: UUID | None = None
    organisation_id: UUID | None = None
    contact_id: UUID | None = None
    visit_id: UUID | None = None
    topic_id: UUID | None = None
    concern_id: UUID | None = None

    @property
    def circles(self) -> list[Visibility]:
        """Return the circles one may choose, the widest first."""
        return [c for c in Visibility if c.strictness >= self.visibility.strictness]


def openable(actor: Actor, follow_ups: Collection[FollowUp]) -> frozenset[UUID]:
    """Return the keys of what these follow-ups hang on, as far as `actor` may open its page.

    Who has to do something sees the follow-up, but not always the visit it comes from.
    """
    found = {
        f.organisation.id
        for f in follow_ups
        if f.organisation and organisations.may_see_organisation(actor, f.organisation)
    }
    # Persons are the body's: whoever sees its follow-ups sees them too
    found |= {f.contact_id for f in follow_ups if f.contact_id and f.body_id == actor.body_id}
    found |= {f.concern.id for f in follow_ups if f.concern and may_see(actor, f.concern)}
    if visit_ids := {f.visit_id for f in follow_ups if f.visit_id}:
        found |= visits.visible_ids(actor, visit_ids)
    return frozenset(found)


def origin_from_address(actor: Actor) -> Origin:
    """Return what `?after=`, `?concern=`, `?visit=`, `?contact=` or `?organisation=` names.

    Raises `NotFound` for what the actor may not see.
    """
    # A contact is found at several organisations: the one of the page may come with it
    place = key_arg("organisation")
    if key := key_arg("after"):
        return _beside(actor, queries.get(actor, key))
    if key := key_arg("concern"):
        concern = concerns.get(actor, key)
        return Origin(
            name=f"{concern.title}, {concern.organisation.name}",
            visibility=concern.visibility,
            team_id=concern.team_id,
            organisation_id=concern.organisation_id,
            topic_id=concern.topic_id,
            concern_id=concern.id,
        )
    if key := key_arg("visit"):
        visit = visits.get(actor, key)
        if visit.status is VisitStatus.DRAFT or visit.organisation is None:
            raise NotFound(key)
        return Origin(
            name=visit.organisation.name,
            visibility=visit.visibility,
            team_id=visit.team_id,
            organisation_id=visit.organisation_id,
            visit_id=visit.id,
        )
    if key := key_arg("contact"):
        contact = contacts.get(actor, key)
        by_rank = sorted(contact.places, key=lambda p: not p.is_primary)
        seen = list(filter(None, (p.organisation for p in by_rank)))
        fitting = [o for o in seen if o.id == place] or seen[:1]
        return Origin(
            name=", ".join([contact.name, *(o.name for o in fitting)]),
            organisation_id=fitting[0].id if fitting else None,
            contact_id=contact.id,
        )
    if place:
        organisation = organisations.get(actor, place)
        return Origin(name=organisation.name, organisation_id=organisation.id)
    return Origin()


def _beside(actor: Actor, follow_up: FollowUp) -> Origin:
    """Return where the next one after `follow_up` hangs: on the same, as far as it is visible."""
    seen = openable(actor, [follow_up])
    organisation = follow_up.organisation
    return Origin(
        name=organisation.name if organisation else "",
        visibility=follow_up.visibility,
        team_id=follow_up.team_id if follow_up.visit_id or follow_up.concern_id else None,
        organisation_id=follow_up.organisation_id if follow_up.organisation_id in seen else None,
        contact_id=follow_up.contact_id,
        visit_id=follow_up.visit_id if follow_up.visit_id in seen else None,
        topic_id=follow_up.topic_id,
        concern_id=follow_up.concern_id if follow_up.concern_id in seen else None,
    )


def later_days(land: str) -> list[tuple[str, date]]:
    """Return the quick choices for how long something rests, each a working day of the Land."""
    monday = today() + timedelta(days=7 - today().weekday())
    return [
        (_("Montag"), next_working_day(monday, land)),
        (_("1 Woche"), next_working_day(today() + timedelta(weeks=1), land)),
        (_("1 Monat"), next_working_day(add_months(today(), 1), land)),
    ]


def quick_days(land: str) -> list[tuple[str, date]]:
    """Return the quick choices for a follow-up's date, each a working day of the Land."""
    return [
        (_("2 Tage"), next_working_day(today() + timedelta(days=2), land)),
        (_("1 Woche"), next_working_day(today() + timedelta(weeks=1), land)),
        (_("1 Monat"), next_working_day(add_months(today(), 1), land)),
    ]
