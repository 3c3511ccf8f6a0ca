"""Which workstations the server knows, and how they become known (PROTOCOL.md, section 13)."""
