"""Which channel gets which entry, and what its draft says: pure functions of values.

Nothing here reads the world or the ledger, and nothing tells the time by itself.
"""
