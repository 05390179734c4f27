"""Every model in one import, for the migrations and the tests that look at all tables."""

from crm.accounts.models import Body, Person, SignIn, Team, TeamLead, Throttle
from crm.audit import AuditEntry
from crm.concerns.models import Collaborator, Concern
from crm.contacts.models import Contact, ContactPlace
from crm.dashboard.models import Target
from crm.follow_ups.models import Assignee, FollowUp
from crm.health.models import Worker
from crm.mail.models import Mail, MailServer
from crm.organisations.models import Organisation
from crm.reports.models import Report, ReportChapter
from crm.saved_views.models import SavedView
from crm.topics.models import Topic
from crm.visits.models import Attendance, Submission, TopicNote, Visit, VisitOrganisation

__all__ = [
    "Assignee",
    "Attendance",
    "AuditEntry",
    "Body",
    "Collaborator",
    "Concern",
    "Contact",
    "ContactPlace",
    "FollowUp",
    "Mail",
    "MailServer",
    "Organisation",
    "Person",
    "Report",
    "ReportChapter",
    "SavedView",
    "SignIn",
    "Submission",
    "Target",
    "Team",
    "TeamLead",
    "Throttle",
    "Topic",
    "TopicNote",
    "Visit",
    "VisitOrganisation",
    "Worker",
]
