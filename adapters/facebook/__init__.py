"""A Facebook Page: how it takes a post, what its error codes mean, and how a post is found again.

Another platform is never imported here, and nothing is decided, repeated, waited for, stored or logged.
"""

KINDS = {"facebook": "adapter"}
