"""The steps by which the server's tables on PostgreSQL came to be what they are (Alembic). A step is never changed once it was given out.

Servers of two versions run side by side while an agency goes from one to the next, so each step holds to this (expand and contract):
it may add tables, and columns that may be empty or have a `server_default`; it may take away only what the version before does not use
any more, and then it says in `floor` which step a server must know to run over the tables from then on.
"""

NEWEST = "0003"
"""The last step of this version of the program."""
FLOOR = "0001"
"""The oldest step whose server may run over these tables: the highest `floor` of all steps."""
