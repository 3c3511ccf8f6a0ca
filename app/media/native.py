"""Libraries of codecs called through ctypes: those that come inside the PyAV wheel, or the system's own."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import av

Functions = Mapping[str, tuple[Any, Sequence[Any]]]
"""Result type and argument types of each function, as ctypes names them; None is no result."""


def load(name: str, functions: Functions) -> ctypes.CDLL | None:
    """The library `lib{name}` with these functions; None if there is none."""
    beside = sorted(Path(av.__file__).resolve().parent.parent.glob(f"av.libs/*{name}[-.]*"))
    file = str(beside[0]) if beside else ctypes.util.find_library(name)
    if not file:
        return None
    library = ctypes.CDLL(file)
    for function, (result, arguments) in functions.items():
        symbol = getattr(library, function)
        symbol.restype, symbol.argtypes = result, list(arguments)
    return library
