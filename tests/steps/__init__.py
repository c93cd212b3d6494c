"""Tests of each step of the daemon.

What several tests need is in `tests.making` and never here.
"""
