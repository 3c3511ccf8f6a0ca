"""A team of workstations that stand in for each other. Nothing here knows Qt or SQL."""
