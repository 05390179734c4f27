"""One invented conversation, held in memory: what both reports on it are made of."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from crm.accounts.models import Person
from crm.concerns.models import Concern, Flag, Stage
from crm.contacts.models import Contact
from crm.follow_ups.models import Assignee, FollowUp
from crm.offers.models import AgencyOffer
from crm.organisations.models import Organisation
from crm.text import sort_key
from crm.topics.models import Topic
from crm.types import new_id
from crm.visibility import Visibility
from crm.visits.models import (
    Attendance,
    Mode,
    Occasion,
    TopicNote,
    Visit,
    VisitOffer,
    VisitOrganisation,
    VisitStatus,
)

VISITED_ON = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)


class Talk:
    """A visit with everything loaded that a report needs, and the officer who logged it."""

    def __init__(self, **columns: Any):
        self.body_id, self.team_id = new_id(), new_id()
        self.owner = self.colleague("Lena Wegner")
        self.follow_ups: list[FollowUp] = []
        self.visit = Visit(
            **{
                "id": new_id(),
                "status": VisitStatus.COMPLETED,
                "organisation": self.organisation("Beispielwerk GmbH"),
                "visited_on": VISITED_ON,
                "visited_at": time(14, 30),
                "mode": Mode.ON_SITE,
                "occasion": Occasion.PROGRAMME,
                "summary": "",
                "company_text": "",
                "next_visit_due_on": None,
                "file_reference": "",
                "status_reason": "",
                "updated_at": MOMENT,
                "owner": self.owner,
                "further": [],
                "attendances": [],
                "topic_notes": [],
                "offers": [],
            }
            | self._belonging()
            | columns
        )
        self.attends(person=self.owner)

    def colleague(self, name: str) -> Person:
        """Make somebody of ours."""
        return Person(id=new_id(), name=name, sort_key=sort_key(name))

    def organisation(self, name: str, municipality: str = "Musterstadt") -> Organisation:
        """Make an organisation."""
        return Organisation(id=new_id(), name=name, municipality=municipality)

    def joined_by(self, organisation: Organisation) -> None:
        """Put a further organisation at the table."""
        self.visit.further.append(VisitOrganisation(organisation=organisation))

    def attends(
        self, *, contact: Contact | None = None, person: Person | None = None, outsider: str = ""
    ) -> None:
        """Let somebody take part."""
        self.visit.attendances.append(Attendance(contact=contact, person=person, outsider=outsider))

    def contact(self, given_name: str, family_name: str, function: str = "") -> Contact:
        """Make a contact."""
        return Contact(
            id=new_id(), title="", given_name=given_name, family_name=family_name, function=function
        )

    def offers(self, name: str, *, is_used: bool = False) -> None:
        """Mention an offer of ours."""
        offer = AgencyOffer(
            id=new_id(), name_de=name, name_en=name, position=len(self.visit.offers)
        )
        self.visit.offers.append(VisitOffer(offer=offer, is_used=is_used))

    def note(self, topic: str, text: str, /, **columns: Any) -> TopicNote:
        """Note what was said on a topic."""
        note = TopicNote(
            **{
                "id": new_id(),
                "topic": (named := Topic(id=new_id(), name_de=topic, name_en=f"{topic} (en)")),
                "topic_id": named.id,
                "note": text,
                "flag": Flag.INFO,
                "confidential": False,
                "for_company": False,
                "look_again_on": None,
                "concern": None,
            }
            | self._belonging()
            | columns
        )
        note.concern_id = note.concern.id if note.concern else None
        self.visit.topic_notes.append(note)
        return note

    def concern(self, title: str, **columns: Any) -> Concern:
        """Open a concern."""
        return Concern(
            **{
                "id": new_id(),
                "title": title,
                "flag": Flag.URGENT,
                "stage": Stage.CLARIFYING,
                "first_response_due_on": date(2026, 11, 24),
                "first_responded_at": None,
                "resolution_due_on": date(2026, 12, 18),
                "closed_at": None,
                "outcome": None,
                "outcome_reason": "",
            }
            | self._belonging()
            | columns
        )

    def follow_up(self, title: str, *people: Person, **columns: Any) -> FollowUp:
        """Set a follow-up of this visit."""
        follow_up = FollowUp(
            **{
                "id": new_id(),
                "title": title,
                "due_on": date(2026, 11, 27),
                "promised": False,
                "visit_id": self.visit.id,
                "topic_id": None,
                "concern_id": None,
                "done_at": None,
                "result": "",
                "assignees": [Assignee(person=person) for person in people or (self.owner,)],
            }
            | self._belonging()
            | columns
        )
        self.follow_ups.append(follow_up)
        return follow_up

    def _belonging(self) -> dict[str, Any]:
        return {
            "body_id": self.body_id,
            "team_id": self.team_id,
            "owner_id": self.owner.id,
            "visibility": Visibility.BODY,
        }


def whole_talk() -> Talk:
    """Return a conversation of the usual length with something in every field."""
    talk = Talk(
        file_reference="80.12-4711/26",
        next_visit_due_on=date(2027, 5, 31),
        summary=(
            "Offenes Gespräch mit der Inhaberin, der Betrieb ist gut ausgelastet. Im Vordergrund "
            "standen die Nachfolge und die Suche nach Fachkräften.\n\n"
            "Der Betrieb will am Standort bleiben und sucht dafür eine zweite Halle."
        ),
        company_text=(
            "Sehr geehrte Frau Muster,\n\nvielen Dank für das offene Gespräch und den Rundgang "
            "durch Ihre neue Fertigung. Wir haben festgehalten, worüber wir gesprochen haben und "
            "was wir Ihnen zugesagt haben."
        ),
    )
    clerk = talk.colleague("Jonas Ebert")
    talk.joined_by(talk.organisation("Musterguss AG", "Beispielhausen"))
    talk.attends(contact=talk.contact("Martina", "Muster", "Geschäftsführerin"))
    talk.attends(contact=talk.contact("Tim", "Beispiel", "Leiter der Ausbildung"))
    talk.attends(person=clerk)
    talk.attends(outsider="Frau Amtmann, Bauamt Musterstadt")
    succession = talk.note(
        "Nachfolge",
        "Die Inhaberin will in 18 Monaten übergeben. In der Familie gibt es keine Nachfolge, ein "
        "Meister ist interessiert. Eine Bewertung des Betriebs steht noch aus.",
        flag=Flag.URGENT,
        confidential=True,
        visibility=Visibility.TEAM,
        concern=talk.concern("Nachfolge klären und Bewertung vermitteln"),
    )
    labour = talk.note(
        "Fachkräfte",
        "Gesucht werden:\n- zwei Zerspanungsmechanikerinnen oder Zerspanungsmechaniker, möglichst "
        "mit Erfahrung an fünfachsigen Maschinen\n- eine Person für die Arbeitsvorbereitung\n\n"
        "Ein Ausbildungsplatz ist für 2027 noch nicht besetzt.",
        flag=Flag.WATCH,
        look_again_on=date(2027, 1, 11),
        for_company=True,
    )
    sites = talk.note(
        "Flächen & Standort",
        "Halle 3 ist zu klein geworden. Gewünscht ist eine Fläche von 4.000 m² in der Nähe des "
        "jetzigen Standorts, gern im Gewerbegebiet „Am Musterbach“.",
        for_company=True,
    )
    talk.follow_up(
        "Kontakt zur Nachfolgeberatung der Kammer herstellen", topic_id=succession.topic_id
    )
    talk.follow_up(
        "Ausbildungsbörse: Unterlagen und Anmeldung schicken",
        clerk,
        promised=True,
        topic_id=labour.topic_id,
        done_at=MOMENT,
        result="Per E-Mail geschickt.",
    )
    talk.follow_up(
        "Baurechtliche Auskunft zu Halle 3 einholen",
        talk.owner,
        clerk,
        due_on=date(2026, 12, 4),
        promised=True,
        topic_id=sites.topic_id,
    )
    return talk
