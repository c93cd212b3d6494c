"""The record of entries, deliveries and events, with all SQL there is; each table is written in one module.

The blog and the platforms are never spoken to here, and no sentence tells a person which command to say.
"""
