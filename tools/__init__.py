"""The project's own chores, started by the Makefile. They import the standard library, and `app.texts` at most."""
