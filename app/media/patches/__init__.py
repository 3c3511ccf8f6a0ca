"""All of our changes to aiortc and aioice, made by one explicit call for the whole process. They lean on private names of exactly
one version of aiortc; each has a test in `tests/unit/media`.

    live_sender       sends what an encoder thread of ours delivers, with true capture times
    live_receiver     assembles, repairs and decodes without lasting delay
    handshake         sends DTLS flights again after 150 ms instead of 1 s
    ciphers           DTLS 1.2 or newer, with GCM only
    consent           ends a connection whose other side has not answered for 30 s
    packet_path       media packets in and out without tasks and queues
    routing           packets of a source that no description names go to the line that their header names
    gathering         only useful adapters, and a deadline of 500 ms
    triggered_checks  a check of a path that comes in has ours sent again at once
    relay_path        TURN over UDP, TCP and TLS, whichever answers; its packets without tasks
"""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aiortc, which the checker does not know or does not let be replaced)

from __future__ import annotations

import aiortc
import aiortc.rtcpeerconnection
from aiortc.codecs import CODECS, HEADER_EXTENSIONS
from aiortc.rtcrtpparameters import RTCRtcpFeedback, RTCRtpHeaderExtensionParameters

from app.media.patches import ciphers, consent, gathering, handshake, packet_path, relay_path, routing, triggered_checks
from app.media.patches.live_receiver import LiveReceiver
from app.media.patches.live_sender import LiveSender
from app.media.rtp import PLAYOUT_DELAY, TRANSPORT_SEQUENCE

AIORTC_VERSION = "1.16.0"


class WrongVersionError(Exception):
    """Another aiortc than the one whose inside we know."""


def install() -> None:
    """Change aiortc in this process. May be called twice."""
    if aiortc.__version__ != AIORTC_VERSION:
        raise WrongVersionError(f"aiortc {aiortc.__version__} instead of {AIORTC_VERSION}")
    connection = aiortc.rtcpeerconnection
    connection.RTCRtpSender = LiveSender
    connection.RTCRtpReceiver = LiveReceiver
    # Mono speech with in-band error correction (RFC 7587, section 6.1); browsers send FEC only when asked.
    CODECS["audio"][0].parameters = {"minptime": 10, "useinbandfec": 1}
    for number, uri in ((4, PLAYOUT_DELAY), (5, TRANSPORT_SEQUENCE)):
        extension = RTCRtpHeaderExtensionParameters(id=number, uri=uri)
        if extension not in HEADER_EXTENSIONS["video"]:
            HEADER_EXTENSIONS["video"].append(extension)
    feedback = RTCRtcpFeedback(type="transport-cc")
    if feedback not in CODECS["video"][0].rtcpFeedback:
        CODECS["video"][0].rtcpFeedback.append(feedback)
    handshake.install()
    ciphers.install()
    consent.install()
    gathering.install()
    routing.install()
    packet_path.install()
    relay_path.install()
    triggered_checks.install()
