"""The words of the product: rooms, seats, tokens. Dataclasses and enums without I/O; imports nothing else of `app`."""
