"""Every model in one import, for the migrations and the tests that look at all tables."""

from crm.accounts.models import Body, Person, SignIn, Team, TeamLead, Throttle
from crm.audit import AuditEntry
from crm.calendar.models import CalendarFeed
from crm.concerns.models import Concern
from crm.contacts.models import Contact, ContactPlace
from crm.follow_ups.models import Assignee, FollowUp
from crm.organisations.models import Organisation
from crm.topics.models import Topic
from crm.visits.models import Attendance, Submission, TopicNote, Visit, VisitOrganisation
from crm.workflows.models import HandOver, HandOverItem

__all__ = [
    "Assignee",
    "Attendance",
    "AuditEntry",
    "Body",
    "CalendarFeed",
    "Concern",
    "Contact",
    "ContactPlace",
    "FollowUp",
    "HandOver",
    "HandOverItem",
    "Organisation",
    "Person",
    "SignIn",
    "Submission",
    "Team",
    "TeamLead",
    "Throttle",
    "Topic",
    "TopicNote",
    "Visit",
    "VisitOrganisation",
]
