"""Tests of what a person decides and looks at.

What several tests need is in `tests.making` and never here.
"""
