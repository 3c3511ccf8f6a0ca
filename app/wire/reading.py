"""How a message is read, the same for the WebSockets and the data channel. Imports `app.wire.codes` and msgspec."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from app.wire.codes import Code, WireError

_T = TypeVar("_T")


def read_message(decoder: msgspec.json.Decoder[_T], text: str | bytes, max_bytes: int) -> _T:
    """One message of the decoder's union. Raises WireError with `too-large`, `unknown-type` or `malformed`."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > max_bytes:
        raise WireError(Code.TOO_LARGE, f"{len(data)} bytes")
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        code = Code.UNKNOWN_TYPE if str(error).startswith("Invalid value") and str(error).endswith("`$.type`") else Code.MALFORMED
        raise WireError(code, type(error).__name__) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise WireError(Code.MALFORMED, type(error).__name__) from None
