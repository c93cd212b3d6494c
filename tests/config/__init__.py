"""Tests of the configuration file.

What several tests need is in `tests.making` and never here.
"""
