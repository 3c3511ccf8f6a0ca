"""What the desktop program does, without a window: link, rooms, sessions, chat, safety words, the embedded server. No Qt."""
