"""Tests of how networks count, cut and link text.

What several tests need is in `tests.making` and never here.
"""
