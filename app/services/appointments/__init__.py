"""The counsellor's appointments: from the phone call to the outcome. `ports` is what the window and the store see; no Qt."""
