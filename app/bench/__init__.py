"""Benchmarks: what the program does, measured beside a reference in the same run."""
