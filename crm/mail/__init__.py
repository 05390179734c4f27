"""Mails wait in a table, written with what they are about, until a worker sends them.

Not what they say: whoever queues a mail has composed it.
"""
