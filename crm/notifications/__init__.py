"""Notifications (Meldungen): what a person is told, once for each reason, and how they want it.

Not when: whatever happens is told by the service in which it happens, in the same transaction,
and what runs out by `crm.reminders`.
"""
