"""The stand-in of LinkedIn, written from the platform's own documents.

Nothing outside the simulator is imported here, so that it cannot share our misunderstandings.
"""
