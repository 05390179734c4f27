"""Companies, founders and partner institutions; not the people there (that is `contacts`)."""
