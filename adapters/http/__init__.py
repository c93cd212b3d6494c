"""The manners of HTTP that all adapters share: the session with its deadlines, the connection, the reading of replies.

What one platform says or means never stands here, and no request is made without its attempt.
"""
