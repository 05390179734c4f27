"""The demo: an invented district with its agencies, companies and eighteen months of work.

Everything in it is made up, on example domains; it loads in demo mode only and into an empty
database only. It is no test data: tests make what they need.
"""
