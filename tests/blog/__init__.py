"""Tests of what is read of feeds, pages and pictures.

What several tests need is in `tests.making` and never here.
"""
