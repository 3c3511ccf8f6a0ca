"""The counsellor's day: today's appointments and who waits."""
