"""The windows of the agency's server: connecting, how it stands, leaving."""
