"""Tests of what a post says, and what a template may say.

What several tests need is in `tests.making` and never here.
"""
