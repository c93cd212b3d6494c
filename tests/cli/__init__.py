"""Tests of the commands, as a person says them.

What several tests need is in `tests.making` and never here.
"""
