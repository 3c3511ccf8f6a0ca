"""Appointments from other calendars and for other programs: files in and out. No Qt, no SQL. Sends nothing; readiness never leaves."""
