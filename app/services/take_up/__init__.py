"""Handing in what this workstation counted, so that nobody can tell later that it was this one."""
