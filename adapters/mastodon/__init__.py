"""Mastodon and the servers that speak its interface: how they take a post and how it is found again.

Another platform is never imported here, and nothing is decided, repeated, waited for, stored or logged.
"""

KINDS = {"mastodon": "adapter"}
