"""Views that a person keeps by name: a page with its filters. Not the views of Flask."""
