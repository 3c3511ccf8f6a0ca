"""The program at a server of its agency: becoming known there, and speaking with it. Imports no Qt and nothing of `app.server`."""
