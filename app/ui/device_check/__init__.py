"""The counsellor's device check: a wizard with one question a page, and a short form before a conversation. A skin of
`app.services.checks`."""
