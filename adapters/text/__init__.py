"""Plain text as networks count, cut and link it: pure functions of strings.

Nothing here knows a post, a template or which platform asks, and nothing reads a file or the network.
"""
