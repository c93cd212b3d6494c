"""The tests mirror the house: `tests/ledger/test_doubt.py` is of `bot/ledger/doubt.py`.

Nothing of ours is mocked, nothing sleeps, and nothing outside this machine is spoken to.
"""
