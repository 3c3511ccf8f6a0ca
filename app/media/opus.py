"""Opus through libopus itself (ctypes), because PyAV offers neither concealment nor in-band error correction. RFC 6716, RFC 7587.

Uses the library that comes inside the PyAV wheel. One object belongs to one thread at a time. Samples pass through buffers whose
addresses are taken once: numpy takes 0.8 us to tell one, a copy of a packet 0.2 us.
"""

from __future__ import annotations

import ctypes
import functools

import numpy as np
import numpy.typing as npt

from app.media import native

SAMPLE_RATE = 48_000
FRAME = 960
"""Samples in 20 ms."""
MAX_FRAME = 5760
"""Samples in 120 ms, the longest packet."""

_APPLICATION_VOIP = 2048
_SET_BITRATE, _SET_COMPLEXITY, _SET_INBAND_FEC, _SET_PACKET_LOSS = 4002, 4010, 4012, 4014
"""Requests of opus_encoder_ctl (opus_defines.h)."""

Pcm = npt.NDArray[np.int16]


class OpusError(Exception):
    """libopus is missing or refused. For us and the log."""


_FUNCTIONS: native.Functions = {
    "opus_encoder_create": (ctypes.c_void_p, [ctypes.c_int32, ctypes.c_int, ctypes.c_int, ctypes.c_void_p]),
    "opus_decoder_create": (ctypes.c_void_p, [ctypes.c_int32, ctypes.c_int, ctypes.c_void_p]),
    "opus_encoder_destroy": (None, [ctypes.c_void_p]),
    "opus_decoder_destroy": (None, [ctypes.c_void_p]),
    "opus_encode": (ctypes.c_int32, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int32]),
    "opus_decode": (ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, ctypes.c_void_p, ctypes.c_int, ctypes.c_int]),
    "opus_packet_get_nb_samples": (ctypes.c_int, [ctypes.c_char_p, ctypes.c_int32, ctypes.c_int32]),
}


@functools.cache
def _load() -> ctypes.CDLL:
    """Once: a conversation goes on when the package, and the library's file with it, is gone."""
    library = native.load("opus", _FUNCTIONS)
    if library is None:
        raise OpusError("libopus not found")
    return library


class OpusEncoder:
    """Mono speech at 32 kbit/s with in-band error correction for the packet before."""

    def __init__(self, bitrate: int = 32_000, expected_loss_percent: int = 10) -> None:
        self._library = _load()
        self._state = self._library.opus_encoder_create(SAMPLE_RATE, 1, _APPLICATION_VOIP, None)
        if not self._state:
            raise OpusError("no encoder")
        self._pcm = np.empty(FRAME, np.int16)
        self._pcm_at = self._pcm.ctypes.data
        self._out = ctypes.create_string_buffer(1500)
        settings = ((_SET_BITRATE, bitrate), (_SET_INBAND_FEC, 1), (_SET_PACKET_LOSS, expected_loss_percent), (_SET_COMPLEXITY, 7))
        for request, value in settings:
            self._library.opus_encoder_ctl(ctypes.c_void_p(self._state), ctypes.c_int(request), ctypes.c_int(value))

    def encode(self, pcm: Pcm) -> bytes:
        """One packet of 960 samples of mono s16. Raises ValueError for another number of them."""
        self._pcm[:] = pcm
        size = self._library.opus_encode(self._state, self._pcm_at, FRAME, self._out, len(self._out))
        if size < 0:
            raise OpusError(f"encode: {size}")
        return self._out.raw[:size]

    def close(self) -> None:
        """Free the state. May be called twice."""
        if self._state:
            self._library.opus_encoder_destroy(self._state)
            self._state = None


class OpusDecoder:
    """Mono s16 at 48 kHz, whatever the sender encodes."""

    def __init__(self) -> None:
        self._library = _load()
        self._state = self._library.opus_decoder_create(SAMPLE_RATE, 1, None)
        if not self._state:
            raise OpusError("no decoder")
        self._pcm = np.empty(MAX_FRAME, np.int16)
        self._pcm_at = self._pcm.ctypes.data

    def samples_in(self, packet: bytes) -> int:
        """How many samples a packet holds; 0 for a malformed one."""
        return max(0, int(self._library.opus_packet_get_nb_samples(packet, len(packet), SAMPLE_RATE)))

    def decode(self, packet: bytes) -> Pcm:
        """The samples of a packet; empty for a malformed one."""
        return self._decode(packet, MAX_FRAME, 0)

    def recover(self, next_packet: bytes, samples: int) -> Pcm:
        """The lost packet before `next_packet`, from that packet's in-band copy, or concealed where it has none."""
        return self._decode(next_packet, samples, 1)

    def conceal(self, samples: int) -> Pcm:
        """Continue the sound over a lost packet of that many samples."""
        return self._decode(None, samples, 0)

    def _decode(self, packet: bytes | None, samples: int, recover: int) -> Pcm:
        length = len(packet) if packet else 0
        count = self._library.opus_decode(self._state, packet, length, self._pcm_at, samples, recover)
        return self._pcm[: max(0, count)].copy()

    def close(self) -> None:
        """Free the state. May be called twice."""
        if self._state:
            self._library.opus_decoder_destroy(self._state)
            self._state = None
