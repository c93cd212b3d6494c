"""The stand-in of a WordPress blog: its feeds, pages and pictures.

Nothing outside the simulator is imported here, so that it cannot share our misunderstandings.
"""
