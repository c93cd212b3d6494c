"""The world of the blog: bytes from feeds, pages and pictures become values, within bounds of time and size.

The ledger is never touched here, nor is decided what is published.
"""
