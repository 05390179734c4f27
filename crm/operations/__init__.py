"""What an administrator does with an installation: set up, upgrade, back up, restore, examine.

The `crm` command words it in German; no page uses it. What people do in the product is elsewhere.
"""
