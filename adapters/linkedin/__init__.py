"""LinkedIn: a page and a group, how they take a post and how it is found again.

Another platform is never imported here, and nothing is decided, repeated, waited for, stored or logged.
"""

KINDS = {"linkedin": "adapter", "linkedin_group": "group"}
