"""The anonymous survey: one-time rights, what waits, what is counted (PROTOCOL.md, section 12)."""
