"""Device checks of the counsellor's side: the list of checks, its probes, its protocol. No Qt."""
