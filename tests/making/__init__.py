"""What tests are made of: ledgers, channels, kinds, servers, and the commands as a person says them.

No test stands here, and nothing of ours is ever mocked.
"""
