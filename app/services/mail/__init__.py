"""Mails to clients: what stands in them, the calendar entry, the outbox, the way to the agency's server. No Qt, no SQL."""
