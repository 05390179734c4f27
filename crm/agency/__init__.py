"""What holds for the whole agency and is set while the product runs: how it looks.

Not the bodies and teams of the agency (`crm.accounts`), nor what the machine needs (`config.py`).
"""
