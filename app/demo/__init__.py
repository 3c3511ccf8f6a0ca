"""The unattended demonstration: the real program, the real server and a real browser, used by real key and mouse events."""
