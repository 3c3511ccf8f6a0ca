"""A running program outlives its update and its removal: the Python modules it has yet to load come from the file it was started from."""

import sys

ITSELF = "/proc/self/exe"
"""Leads to that file even when nothing has its name any more, or a newer one has."""


def outlive_update() -> None:
    """PyInstaller opens the program's file by its name for each module, and ends the process where it finds none (ZlibArchiveReader)."""
    if sys.platform == "linux":
        import pyimod02_importers

        pyimod02_importers.pyz_archive._filename = ITSELF
