"""The steps by which the store's tables came to be what they are (Alembic). A step is never changed once it was given out."""

NEWEST = "0001"
"""The last step of this version of the program."""
