"""`videoberatung-server check-config`: everything that is wrong or doubtful, at once and in sentences."""
