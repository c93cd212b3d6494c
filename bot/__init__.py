"""What the daemon, the commands and the simulator are made of, a room a folder.

No module stands here but those that every room or face needs: values, the built house, the log, the end.
"""
