"""X: how it takes a post, how it refuses one, and how a post is found again.

Another platform is never imported here, and nothing is decided, repeated, waited for, stored or logged.
"""

KINDS = {"twitter": "adapter"}
