"""Tests of proofs across rooms that nothing is published twice and nothing is lost.

What several tests need is in `tests.making` and never here.
"""
