"""Training: everything invented that the real program is shown with. No Qt, no hardware, no network but this machine's own."""
