"""Tests of every platform's adapter against its simulator, and the laws they all keep.

What several tests need is in `tests.making` and never here.
"""
