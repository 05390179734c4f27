"""What administrators see and set: the audit log. They run the product without seeing its content.

People are made and changed in `crm.accounts`, mails in `crm.mail`.
"""
