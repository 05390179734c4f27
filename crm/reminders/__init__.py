"""What is told because time passes: clocks that run out, and the mail of the morning.

Not what somebody did: the service in which it happens tells that (`crm.notifications`).
"""
