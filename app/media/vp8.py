"""VP8 through libvpx itself (ctypes): bit rate changed while running, without a new encoder and its key frame. RFC 6386.

Uses the library that comes inside the PyAV wheel; PyAV's own way to libvpx takes a bit rate only when it opens an encoder.
One encoder belongs to one thread.
"""

from __future__ import annotations

import ctypes
import functools

from app.media import native
from app.media.ports import I420Frame

CLOCK_RATE = 90_000
"""RTP units in a second (RFC 7741)."""

_ABI_VERSIONS = range(20, 60)
"""VPX_ENCODER_ABI_VERSION of the library; it refuses a wrong one, so the right one is found by asking."""
_DEADLINE_REALTIME = 1
_FORCE_KEY = 1
_PACKET_FRAME = 0
_KEY_FLAG = 1
_CBR = 1
_FORMAT_I420 = 0x102
_SET_CPUUSED, _SET_NOISE, _SET_STATIC_THRESHOLD, _SET_TOKEN_PARTITIONS, _SET_MAX_INTRA, _SET_SCREEN = 13, 15, 17, 18, 26, 31
"""vp8e_enc_control_id (vp8cx.h)."""

KEY_FRAME_LIMIT_PERCENT = 450
"""A key frame takes at most this share of an average frame's bits: a burst of 4.5 frames, not of 20."""

STILL_THRESHOLD = 100
"""Blocks that differ by less than this from the picture before are not coded (libvpx' own scale)."""
PLENTY_BITS, LARGE_PIXELS = 0.07, 800 * 450
"""Bits for each pixel, and pixels of a picture, from which on libvpx may decide a step more quickly."""
SCREEN_SPEED = 12
SCREEN_WIDE_BPS = 1_000_000
SCREEN_QUANTIZERS = (40, 50)
"""The coarsest step for a screen, on a line above and below `SCREEN_WIDE_BPS`: text stays readable, what suffers is the picture rate.
A dense page of 1920x1080 takes 210 kB as a key frame with the first, 150 kB with the second."""


def speed_for(width: int, height: int, bitrate: int) -> int:
    """How quickly libvpx shall decide, 8 to 16, for `bitrate` in bit/s at 30 pictures a second.

    Measured at 1280x720 (processor time of a picture, PSNR): at 2.5 Mbit/s speed 16 takes 60 % of the time of speed 8 and loses 0.2 dB,
    at 0.7 Mbit/s it would lose 4 to 8 dB; speed 12 loses nothing there, but 1 to 2 dB at 640x360. With plenty of bits speed 12 is good
    there, too, while speed 16 would lose 0.3 to 5 dB.
    """
    plenty, large = bitrate / 30 >= PLENTY_BITS * width * height, width * height >= LARGE_PIXELS
    return 8 + 4 * (plenty + large)


class Vp8Error(Exception):
    """libvpx is missing or refused. For us and the log."""


class _Config(ctypes.Structure):
    """The head of vpx_codec_enc_cfg_t (vpx_encoder.h); the rest is kept as the library filled it."""

    _fields_ = [
        ("g_usage", ctypes.c_uint),
        ("g_threads", ctypes.c_uint),
        ("g_profile", ctypes.c_uint),
        ("g_w", ctypes.c_uint),
        ("g_h", ctypes.c_uint),
        ("g_bit_depth", ctypes.c_int),
        ("g_input_bit_depth", ctypes.c_uint),
        ("g_timebase_num", ctypes.c_int),
        ("g_timebase_den", ctypes.c_int),
        ("g_error_resilient", ctypes.c_uint32),
        ("g_pass", ctypes.c_int),
        ("g_lag_in_frames", ctypes.c_uint),
        ("rc_dropframe_thresh", ctypes.c_uint),
        ("rc_resize_allowed", ctypes.c_uint),
        ("rc_scaled_width", ctypes.c_uint),
        ("rc_scaled_height", ctypes.c_uint),
        ("rc_resize_up_thresh", ctypes.c_uint),
        ("rc_resize_down_thresh", ctypes.c_uint),
        ("rc_end_usage", ctypes.c_int),
        ("rc_twopass_buf", ctypes.c_void_p),
        ("rc_twopass_size", ctypes.c_size_t),
        ("rc_firstpass_buf", ctypes.c_void_p),
        ("rc_firstpass_size", ctypes.c_size_t),
        ("rc_target_bitrate", ctypes.c_uint),
        ("rc_min_quantizer", ctypes.c_uint),
        ("rc_max_quantizer", ctypes.c_uint),
        ("rc_undershoot_pct", ctypes.c_uint),
        ("rc_overshoot_pct", ctypes.c_uint),
        ("rc_buf_sz", ctypes.c_uint),
        ("rc_buf_initial_sz", ctypes.c_uint),
        ("rc_buf_optimal_sz", ctypes.c_uint),
        ("rc_2pass_vbr_bias_pct", ctypes.c_uint),
        ("rc_2pass_vbr_minsection_pct", ctypes.c_uint),
        ("rc_2pass_vbr_maxsection_pct", ctypes.c_uint),
        ("rc_2pass_vbr_corpus_complexity", ctypes.c_uint),
        ("kf_mode", ctypes.c_int),
        ("kf_min_dist", ctypes.c_uint),
        ("kf_max_dist", ctypes.c_uint),
        ("rest", ctypes.c_ubyte * 4096),
    ]


class _Image(ctypes.Structure):
    """The head of vpx_image_t (vpx_image.h)."""

    _fields_ = [
        ("fmt", ctypes.c_int),
        ("cs", ctypes.c_int),
        ("range", ctypes.c_int),
        ("w", ctypes.c_uint),
        ("h", ctypes.c_uint),
        ("bit_depth", ctypes.c_uint),
        ("d_w", ctypes.c_uint),
        ("d_h", ctypes.c_uint),
        ("r_w", ctypes.c_uint),
        ("r_h", ctypes.c_uint),
        ("x_chroma_shift", ctypes.c_uint),
        ("y_chroma_shift", ctypes.c_uint),
        ("planes", ctypes.c_void_p * 4),
        ("stride", ctypes.c_int * 4),
        ("rest", ctypes.c_ubyte * 256),
    ]


class _Packet(ctypes.Structure):
    """The head of vpx_codec_cx_pkt_t for frames."""

    _fields_ = [
        ("kind", ctypes.c_int),
        ("buf", ctypes.c_void_p),
        ("sz", ctypes.c_size_t),
        ("pts", ctypes.c_int64),
        ("duration", ctypes.c_ulong),
        ("flags", ctypes.c_uint32),
    ]


_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_FUNCTIONS: native.Functions = {
    "vpx_codec_vp8_cx": (_POINTER, []),
    "vpx_codec_enc_config_default": (_INT, [_POINTER, _POINTER, ctypes.c_uint]),
    "vpx_codec_enc_init_ver": (_INT, [_POINTER, _POINTER, _POINTER, ctypes.c_long, _INT]),
    "vpx_codec_enc_config_set": (_INT, [_POINTER, _POINTER]),
    "vpx_codec_encode": (_INT, [_POINTER, _POINTER, ctypes.c_int64, ctypes.c_ulong, ctypes.c_long, ctypes.c_ulong]),
    "vpx_codec_get_cx_data": (_POINTER, [_POINTER, _POINTER]),
    "vpx_codec_destroy": (_INT, [_POINTER]),
}


@functools.cache
def _load() -> ctypes.CDLL:
    """Once: a conversation goes on when the package, and the library's file with it, is gone."""
    library = native.load("vpx", _FUNCTIONS)
    if library is None:
        raise Vp8Error("libvpx not found")
    return library


class Vp8Encoder:
    """One stream of one size. For another size make another encoder."""

    def __init__(self, width: int, height: int, bitrate: int, threads: int = 1, screen: bool = False) -> None:
        """`screen`: text and forms instead of a camera; sharp first, every picture is coded, whatever it takes."""
        self._library = _load()
        self._context = ctypes.create_string_buffer(1024)
        self._screen = screen
        self._config = self._make_config(width, height, bitrate, threads)
        self._open()
        # No denoiser: a lit office needs none and it costs a quarter more.
        self._control(_SET_NOISE, 0)
        self._control(_SET_STATIC_THRESHOLD, STILL_THRESHOLD)
        self._control(_SET_TOKEN_PARTITIONS, 0)
        self._control(_SET_SCREEN, int(screen))
        self._control(_SET_MAX_INTRA, 0 if screen else KEY_FRAME_LIMIT_PERCENT)
        self._set_speed(bitrate)
        self._image = _Image(fmt=_FORMAT_I420, w=width, h=height, bit_depth=8, d_w=width, d_h=height)
        self._image.x_chroma_shift = self._image.y_chroma_shift = 1
        self._last_time = -1
        self._closed = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return int(self._config.g_w), int(self._config.g_h)

    @property
    def bitrate(self) -> int:
        """The target in bit/s."""
        return int(self._config.rc_target_bitrate) * 1000

    def set_bitrate(self, bitrate: int) -> None:
        """A new target in bit/s, from the next frame on, without a key frame."""
        self._config.rc_target_bitrate = bitrate // 1000
        self._config.rc_max_quantizer = self._coarsest(bitrate)
        if self._library.vpx_codec_enc_config_set(self._context, ctypes.byref(self._config)):
            raise Vp8Error("bit rate refused")
        self._set_speed(bitrate)

    def encode(self, frame: I420Frame, rtp_time: int, key: bool) -> tuple[bytes, bool]:
        """The coded frame (empty if the rate control dropped it) and whether it is a key frame. `rtp_time` is in 1/90000 s, rising."""
        for index, plane in enumerate((frame.y, frame.u, frame.v)):
            self._image.planes[index] = plane.ctypes.data
            self._image.stride[index] = plane.strides[0]
        duration = max(1, rtp_time - self._last_time) if self._last_time >= 0 else CLOCK_RATE // 30
        self._last_time = rtp_time
        flags = _FORCE_KEY if key else 0
        if self._library.vpx_codec_encode(self._context, ctypes.byref(self._image), rtp_time, duration, flags, _DEADLINE_REALTIME):
            raise Vp8Error("encode refused")
        return self._collect()

    def _set_speed(self, bitrate: int) -> None:
        self._control(_SET_CPUUSED, -(SCREEN_SPEED if self._screen else speed_for(*self.size, bitrate)))

    def _coarsest(self, bitrate: int) -> int:
        """The largest quantizer."""
        return SCREEN_QUANTIZERS[bitrate < SCREEN_WIDE_BPS] if self._screen else 56

    def _control(self, request: int, value: int) -> None:
        self._library.vpx_codec_control_(self._context, ctypes.c_int(request), ctypes.c_int(value))

    def _collect(self) -> tuple[bytes, bool]:
        data, is_key, iterator = b"", False, ctypes.c_void_p()
        while address := self._library.vpx_codec_get_cx_data(self._context, ctypes.byref(iterator)):
            packet = _Packet.from_address(address)
            if packet.kind == _PACKET_FRAME:
                data += ctypes.string_at(packet.buf, packet.sz)
                is_key = bool(packet.flags & _KEY_FLAG)
        return data, is_key

    def _make_config(self, width: int, height: int, bitrate: int, threads: int) -> _Config:
        config = _Config()
        if self._library.vpx_codec_enc_config_default(self._library.vpx_codec_vp8_cx(), ctypes.byref(config), 0):
            raise Vp8Error("no default settings")
        if (config.g_timebase_den, config.rc_max_quantizer, config.kf_max_dist) != (30, 63, 128):
            raise Vp8Error("libvpx lays out its settings in another way than this module knows")
        config.g_w, config.g_h, config.g_threads = width, height, threads
        config.g_timebase_num, config.g_timebase_den = 1, CLOCK_RATE
        config.g_lag_in_frames, config.rc_resize_allowed, config.rc_dropframe_thresh = 0, 0, 0 if self._screen else 30
        config.rc_end_usage, config.rc_target_bitrate = _CBR, bitrate // 1000
        config.rc_min_quantizer, config.rc_max_quantizer = 2, self._coarsest(bitrate)
        config.rc_undershoot_pct, config.rc_overshoot_pct = 100, 15
        config.rc_buf_sz, config.rc_buf_initial_sz, config.rc_buf_optimal_sz = 1000, 500, 600
        config.kf_max_dist = 3000
        return config

    def _open(self) -> None:
        interface = self._library.vpx_codec_vp8_cx()
        for version in _ABI_VERSIONS:
            if self._library.vpx_codec_enc_init_ver(self._context, interface, ctypes.byref(self._config), 0, version) == 0:
                return
        raise Vp8Error("encoder does not open")

    def close(self) -> None:
        """Free the encoder. May be called twice."""
        if not self._closed:
            self._closed = True
            self._library.vpx_codec_destroy(self._context)
