"""Windows that show what IT has set."""
