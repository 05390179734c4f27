"""Vermittlungen: a concern introduced to a partner, until the partner's answer is a result."""
