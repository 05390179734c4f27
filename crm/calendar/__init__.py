"""One's planned visits and open follow-ups as a calendar to subscribe to; it is only read."""
