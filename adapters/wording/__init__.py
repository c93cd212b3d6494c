"""What a post says: the words made from its template, and what a template may say.

A platform's own form never stands here, and nothing from a feed is ever read as a template.
"""
