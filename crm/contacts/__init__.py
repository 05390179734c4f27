"""Persons at organisations; not the people who sign in (that is `accounts`)."""
