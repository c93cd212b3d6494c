"""The steps that bring a ledger from one version of its tables to the next.

A step that was released is never changed: ledgers went through it.
"""
