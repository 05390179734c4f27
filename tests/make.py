"""Builders: whatever a test needs to exist, made in one line, with defaults nobody has to read.

Each builder opens a context and a transaction of its own, as another request would, and returns a
detached object: its columns can be read, its relationships cannot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from crm.accounts.models import Person
from crm.audit import AuditEntry
from crm.clock import now, today
from crm.concerns.models import Concern, Flag, Outcome, Procedure, Stage
from crm.contacts.models import Contact
from crm.follow_ups.models import Assignee, FollowUp
from crm.notifications.models import Kind, Notification
from crm.organisations.models import Organisation, OrganisationKind
from crm.partners.models import Offer
from crm.referrals.models import Referral, ReferralResult
from crm.saved_views.models import Place, SavedView
from crm.text import sort_key
from crm.types import new_id
from crm.visits.models import (
    Attendance,
    Mode,
    TopicNote,
    Visit,
    VisitOffer,
    VisitOrganisation,
    VisitStatus,
)
from tests.make_ground import PASSWORD
from tests.make_reports import ReportBuilders

__all__ = ["PASSWORD", "Make"]


class Make(ReportBuilders):
    """The builders of one test."""

    def visit(
        self,
        status: VisitStatus = VisitStatus.COMPLETED,
        *,
        owner: Person | None = None,
        organisation: Organisation | None = None,
        further: Sequence[Organisation] = (),
        contacts: Sequence[Contact] = (),
        topics: Sequence[str] = (),
        offers: Mapping[str, bool] | None = None,
        **columns: Any,
    ) -> Visit:
        """Make a visit that its owner attended, with a note on each of `topics` (slugs).

        offers  those that were mentioned (slugs), and whether they were used

        A draft holds what was typed in `draft_form` and nothing else.
        """
        is_draft = status is VisitStatus.DRAFT
        if not is_draft:
            organisation = organisation or self.organisation()
        ahead = 7 if status is VisitStatus.PLANNED else 0
        visit = Visit(
            **self._belonging(owner)
            | {
                "status": status,
                "organisation_id": organisation.id if organisation else None,
                "visited_on": None if is_draft else today() + timedelta(days=ahead),
                "mode": None if is_draft else Mode.ON_SITE,
                "summary": "" if is_draft else "Ein gutes Gespräch.",
                "draft_form": [["summary", "Noch nicht fertig"]] if is_draft else None,
                "created_at": now(),
                "updated_at": now(),
            }
            | columns
        )
        self._save(visit)
        people = [] if is_draft else [{"person_id": visit.owner_id}]
        present = [*people, *({"contact_id": contact.id} for contact in contacts)]
        self._save_all(
            VisitOrganisation(visit_id=visit.id, organisation_id=o.id, position=position)
            for position, o in enumerate(further)
        )
        self._save_all(
            Attendance(visit_id=visit.id, position=position, **who)
            for position, who in enumerate(present)
        )
        for position, slug in enumerate(topics):
            self.topic_note(visit, slug, position=position)
        self._save_all(
            VisitOffer(visit_id=visit.id, offer_id=self.agency_offer(slug).id, is_used=is_used)
            for slug, is_used in (offers or {}).items()
        )
        return visit

    def topic_note(self, visit: Visit, topic: str = "outlook", **columns: Any) -> TopicNote:
        """Make a note on one topic of a visit, by the visit's owner and in the visit's circle."""
        return self._save(
            TopicNote(
                **{
                    "visit_id": visit.id,
                    "topic_id": self.topic(topic).id,
                    "body_id": visit.body_id,
                    "team_id": visit.team_id,
                    "owner_id": visit.owner_id,
                    "visibility": visit.visibility,
                    "position": 0,
                    "note": "Was dazu gesagt wurde.",
                }
                | columns
            )
        )

    def concern(
        self,
        title: str = "",
        *,
        owner: Person | None = None,
        organisation: Organisation | None = None,
        topic: str = "outlook",
        stage: Stage = Stage.NEW,
        **columns: Any,
    ) -> Concern:
        """Make a concern with the flag watch; a closed one is solved."""
        is_closed = stage is Stage.CLOSED
        return self._save(
            Concern(
                **self._belonging(owner)
                | {
                    "title": title or f"Anliegen {self._number()}",
                    "organisation_id": (organisation or self.organisation()).id,
                    "topic_id": self.topic(topic).id,
                    "flag": Flag.WATCH,
                    "stage": stage,
                    "opened_at": now(),
                    "first_response_due_on": today() + timedelta(days=14),
                    "resolution_due_on": today() + timedelta(days=90),
                    "stage_since": now(),
                    "closed_at": now() if is_closed else None,
                    "outcome": Outcome.SOLVED if is_closed else None,
                    "created_at": now(),
                    "updated_at": now(),
                }
                | columns
            )
        )

    def follow_up(
        self,
        title: str = "",
        *,
        owner: Person | None = None,
        assignees: Sequence[Person] = (),
        due_on: date | None = None,
        done: bool = False,
        **columns: Any,
    ) -> FollowUp:
        """Make a follow-up due today, assigned to its owner unless to others.

        `organisation_id`, `visit_id`, `concern_id` and so on say what it hangs on.
        """
        belonging = self._belonging(owner)
        follow_up = FollowUp(
            **belonging
            | {
                "title": title or f"Wiedervorlage {self._number()}",
                "due_on": due_on or today(),
                "done_at": now() if done else None,
                "done_by_id": belonging["owner_id"] if done else None,
                "created_at": now(),
                "updated_at": now(),
            }
            | columns
        )
        self._save(follow_up)
        keys: list[UUID] = [person.id for person in assignees] or [follow_up.owner_id]
        self._save_all(Assignee(follow_up_id=follow_up.id, person_id=key) for key in keys)
        return follow_up

    def saved_view(self, name: str, *, owner: Person | None = None, **columns: Any) -> SavedView:
        """Make a view of the dashboard."""
        return self._save(
            SavedView(
                owner_id=(owner or self.officer).id,
                place=Place.DASHBOARD,
                name=name,
                sort_key=sort_key(name),
                query="span=last_year",
                created_at=now(),
                **columns,
            )
        )

    def audit_line(self) -> None:
        """Write an audit line, as every service does: what figures are kept by."""
        self._save(
            AuditEntry(
                at=now(), actor_id=None, action="made", subject_type="test",
                subject_id=new_id(), changes={}, page="",
            )
        )  # fmt: skip

    def offer(self, partner: Organisation, topic: str = "outlook", **columns: Any) -> Offer:
        """Make a partner help with a topic."""
        topic_id = self.topic(topic).id
        return self._save(Offer(partner_id=partner.id, topic_id=topic_id, **columns))

    def procedure(
        self, concern: Concern | None = None, office: str = "Bauamt Probedorf", **columns: Any
    ) -> Procedure:
        """Make a procedure that has been running for a month."""
        concern = concern or self.concern()
        return self._save(
            Procedure(
                **{
                    "concern_id": concern.id,
                    "office": office,
                    "title": "Baugenehmigung",
                    "begun_on": today() - timedelta(days=30),
                    "created_at": now(),
                    "updated_at": now(),
                }
                | columns
            )
        )

    def referral(
        self,
        concern: Concern | None = None,
        *,
        partner: Organisation | None = None,
        contact: Contact | None = None,
        result: ReferralResult | None = None,
        **columns: Any,
    ) -> Referral:
        """Make a referral of a concern to a partner; with a result, a closed one."""
        concern = concern or self.concern()
        partner = partner or self.organisation(kind=OrganisationKind.PARTNER)
        contact = contact or self.contact(partner, body_id=concern.body_id)
        return self._save(
            Referral(
                **{
                    "body_id": concern.body_id,
                    "concern_id": concern.id,
                    "partner_id": partner.id,
                    "contact_id": contact.id,
                    "agreed_by": "Frau Muster",
                    "agreed_on": today(),
                    "passed_on": "Was der Partner wissen darf.",
                    "answer_due_on": today() + timedelta(days=14),
                    "referred_by_id": concern.owner_id,
                    "closed_at": now() if result else None,
                    "result": result,
                    "result_note": "Was dabei herauskam." if result else "",
                    "created_at": now(),
                    "updated_at": now(),
                }
                | columns
            )
        )

    def follow_ups(self, count: int, *, owner: Person, due_on: date) -> None:
        """Make as many follow-ups of one person at once: each alone would take too long."""
        belonging, moment = self._belonging(owner), now()
        self._save_all(
            FollowUp(
                **belonging,
                title=f"Wiedervorlage {number}",
                due_on=due_on,
                created_at=moment,
                updated_at=moment,
                assignees=[Assignee(person_id=owner.id)],
            )
            for number in range(count)
        )

    def notification(self, person: Person, follow_up: FollowUp, **columns: Any) -> Notification:
        """Make a notification that tells `person` of a follow-up which the officer gave them."""
        return self._save(
            Notification(
                **{
                    "person_id": person.id,
                    "kind": Kind.GIVEN,
                    "key": f"given:{follow_up.id}",
                    "at": now(),
                    "in_app": True,
                    "by_id": follow_up.owner_id,
                    "follow_up_id": follow_up.id,
                }
                | columns
            )
        )
