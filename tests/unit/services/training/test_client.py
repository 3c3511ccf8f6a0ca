"""The simulated client against the program's own server, with the product's desk side in Python."""
