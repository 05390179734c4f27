"""Use cases that change several features and belong to none: a colleague leaves."""
