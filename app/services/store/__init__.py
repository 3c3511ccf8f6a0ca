"""The encrypted store of the workstation: SQLCipher under SQLAlchemy. The only place of the program that speaks SQL.

Imports `app.domain` and the ports of the appointments.
"""
