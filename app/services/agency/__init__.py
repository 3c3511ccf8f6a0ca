"""The agency's own server in the place of the program's: how the workstation joins it, and what is known of it."""
