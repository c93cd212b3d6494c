"""Tests of which channel gets what, and what readers see.

What several tests need is in `tests.making` and never here.
"""
