"""Other programs that the packed one starts (a browser, a document's viewer) find the system's libraries, not those packed for this one."""

import os


def see_the_system() -> None:
    """Takes back what PyInstaller's starter set; this process has read it already."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)
