"""Load on a server: waiting clients, admissions, signalling and surveys, played by our own process over real WebSockets."""
