"""Bluesky: how it takes a post under a key of our own, and how a post is found again.

Another platform is never imported here, and nothing is decided, repeated, waited for, stored or logged.
"""

KINDS = {"bluesky": "adapter"}
