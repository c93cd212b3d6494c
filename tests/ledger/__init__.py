"""Tests of the ledger on both databases.

What several tests need is in `tests.making` and never here.
"""
