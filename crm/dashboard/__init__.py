"""The dashboard (Auswertung): figures of a period, the targets of a year, and views kept by name.

It counts what other features keep and keeps nothing of theirs; each figure is the count of a list.
"""
