"""The wire: messages, codes and safety words as PROTOCOL.md defines them. Imports `app.domain` only; no I/O, no framework."""
