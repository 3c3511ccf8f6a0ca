"""The counsellor's calendar: day, work week, month, and a list that is their equal. Everything is told in words as well as drawn."""
