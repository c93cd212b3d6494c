"""What every face shares: a person's decisions, previews, what is found and checked, and the words for it.

Nothing here prints, asks or knows of a terminal or a page.
"""
