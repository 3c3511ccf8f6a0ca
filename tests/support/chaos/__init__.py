"""Breaks an agency's servers one after the other while people wait, are admitted and talk, and counts what it cost them."""
