"""Carries what the engine's thread tells over to the services' loop. Imports `app.media.ports` only."""

from __future__ import annotations

from collections.abc import Callable

from app.media.ports import CallListener, CallState, DeviceKind, DeviceTrouble
from app.services.clock import Clock
from app.wire.safety_words import Fingerprints


class CallRelay:
    """A `CallListener` for the engine's thread in front of one on the loop. After `cut` nothing arrives any more."""

    def __init__(self, listener: CallListener, clock: Clock) -> None:
        self._listener: CallListener | None = listener
        self._clock = clock

    def cut(self) -> None:
        """The call is no longer ours; what is still on its way is dropped. Called on the loop."""
        self._listener = None

    def call_state(self, epoch: int, state: CallState) -> None:
        self._pass_on(lambda listener: listener.call_state(epoch, state))

    def call_doubted(self, epoch: int) -> None:
        self._pass_on(lambda listener: listener.call_doubted(epoch))

    def call_fingerprints(self, epoch: int, prints: Fingerprints) -> None:
        self._pass_on(lambda listener: listener.call_fingerprints(epoch, prints))

    def call_talk_open(self, epoch: int) -> None:
        self._pass_on(lambda listener: listener.call_talk_open(epoch))

    def call_talk(self, epoch: int, text: str) -> None:
        self._pass_on(lambda listener: listener.call_talk(epoch, text))

    def call_device_trouble(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        self._pass_on(lambda listener: listener.call_device_trouble(kind, trouble))

    def _pass_on(self, tell: Callable[[CallListener], None]) -> None:
        self._clock.hand_over(lambda: self._tell(tell))

    def _tell(self, tell: Callable[[CallListener], None]) -> None:
        if self._listener is not None:
            tell(self._listener)
