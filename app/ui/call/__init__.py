"""The conversation: pictures, switches, chat, safety words, the end."""
