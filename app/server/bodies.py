"""What an HTTP request brings: a short body in time, and where it comes from."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

BODY_DEADLINE_S = 10.0
"""For a body's few bytes."""


def address_of(request: Request) -> str:
    """The network address, for rate limits only."""
    return request.client.host if request.client else ""


async def read_body(request: Request, most: int) -> bytes:
    """The body; one byte more than `most` of one that is too long, nothing of one that is too slow."""
    body = b""
    try:
        async with asyncio.timeout(BODY_DEADLINE_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    return body[: most + 1]
    except TimeoutError:
        return b""
    return body
