"""Activity reports (Tätigkeitsberichte): a period's figures, frozen, with texts; no dashboard."""
