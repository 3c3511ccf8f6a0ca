"""`videoberatung-server backup` and `restore`: the database in one file, the keys in another that belongs elsewhere."""
