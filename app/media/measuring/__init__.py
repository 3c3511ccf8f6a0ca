"""Measures cameras, microphones and loudspeakers for a device check."""
