"""Tests of the stand-ins of the platforms and of a blog.

What several tests need is in `tests.making` and never here.
"""
