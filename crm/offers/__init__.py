"""What the agency offers (Angebote), from advice on funding to its evenings for networking.

A catalogue, not a record of who used what: that stands with the visit. What partners help with is
`crm.partners`.
"""
