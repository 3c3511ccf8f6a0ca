"""Windows for standing in for a colleague, and for who belongs to the team."""
