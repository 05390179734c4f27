"""What administrators see and set: people, the audit log. They see nothing of the content.

The accounts of people are made and changed in `crm.accounts`, mails in `crm.mail`.
"""
