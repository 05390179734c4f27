"""Every model in one import, for the migrations and the tests that look at all tables."""

from crm.accounts.models import (
    Body,
    CalendarFeed,
    HalfSignIn,
    PasswordLink,
    Person,
    RecoveryCode,
    SecondFactor,
    SecondFactorDuty,
    SignIn,
    Team,
    TeamLead,
    Throttle,
)
from crm.agency.models import Agency
from crm.audit.models import AuditEntry, AuditHead, AuditSeal
from crm.concerns.models import Collaborator, Concern, Procedure
from crm.contacts.models import Contact, ContactPlace
from crm.dashboard.models import Target
from crm.follow_ups.models import Assignee, BulkStep, FollowUp
from crm.health.models import Worker
from crm.mail.models import Mail, MailServer
from crm.notifications.models import Notification, NotificationChoice
from crm.offers.models import AgencyOffer
from crm.organisations.models import Organisation
from crm.partners.models import Offer
from crm.referrals.models import Referral
from crm.reminders.models import Morning
from crm.reports.models import Report, ReportChapter
from crm.saved_views.models import SavedView
from crm.topics.models import Topic
from crm.visits.models import (
    Attendance,
    KeptEdit,
    Submission,
    TopicNote,
    Visit,
    VisitOffer,
    VisitOrganisation,
)
from crm.workflows.models import HandOver, HandOverItem

__all__ = [
    "Agency",
    "AgencyOffer",
    "Assignee",
    "Attendance",
    "AuditEntry",
    "AuditHead",
    "AuditSeal",
    "Body",
    "BulkStep",
    "CalendarFeed",
    "Collaborator",
    "Concern",
    "Contact",
    "ContactPlace",
    "FollowUp",
    "HalfSignIn",
    "HandOver",
    "HandOverItem",
    "KeptEdit",
    "Mail",
    "MailServer",
    "Morning",
    "Notification",
    "NotificationChoice",
    "Offer",
    "Organisation",
    "PasswordLink",
    "Person",
    "Procedure",
    "RecoveryCode",
    "Referral",
    "Report",
    "ReportChapter",
    "SavedView",
    "SecondFactor",
    "SecondFactorDuty",
    "SignIn",
    "Submission",
    "Target",
    "Team",
    "TeamLead",
    "Throttle",
    "Topic",
    "TopicNote",
    "Visit",
    "VisitOffer",
    "VisitOrganisation",
    "Worker",
]
