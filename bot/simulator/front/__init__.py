"""The simulator's own page with all timelines, and its controls.

What a platform does never stands here; nothing outside the simulator is imported.
"""
