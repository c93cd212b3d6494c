"""What the daemon does, a file for each step: they join blog, planning, ledger and adapters.

No SQL stands here, and no step waits or repeats itself: when it is due stands in the ledger.
"""
