"""Wiedervorlagen: something to do or look at by a date, with assignees."""
