"""What the client's page says on the data channel: read, sorted, its switches remembered. Imports `app.wire` and the parts it feeds."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from app.domain.features import EVERY, Feature
from app.media.ports import PictureLimit
from app.services.chat import ChatLog
from app.services.events import Event
from app.services.line_watch import LineWatch
from app.services.ports import RemoteMedia
from app.services.words import WordsExchange
from app.wire.codes import WireError
from app.wire.talk import Chat, ChatSeen, Limits, LineReport, MediaState, Offered, parse_talk

_log = structlog.get_logger(__name__)


class ClientSide:
    """Hands each message to the part that it is for."""

    def __init__(
        self,
        chat: ChatLog,
        words: WordsExchange,
        watch: LineWatch,
        limit: Callable[[PictureLimit], None],
        features: frozenset[Feature] = EVERY,
    ) -> None:
        """`limit` hears how much the client wishes to receive. What is not in `features` is passed over."""
        self.changed: Event[RemoteMedia] = Event()
        self.began_to_share: Event[None] = Event()
        """The client shows a screen from now on."""
        self._chat = chat
        self._words = words
        self._watch = watch
        self._limit = limit
        self._features = features
        self._media = RemoteMedia()

    @property
    def media(self) -> RemoteMedia:
        """The client's switches as the page told them last."""
        return self._media

    def heard(self, epoch: int, text: str) -> None:
        """A message of the channel of that epoch. One that is not understood is passed over."""
        try:
            message = parse_talk(text)
        except WireError as error:
            _log.info("session.talk_not_understood", code=error.code.value)
            return
        match message:
            case Chat() | ChatSeen():
                if Feature.CHAT in self._features:
                    self._chat.heard(message)
            case MediaState():
                screen = message.screen and Feature.SCREEN in self._features
                self._set(RemoteMedia(message.microphone, message.camera, screen, message.paused))
            case Limits():
                self._limit(PictureLimit(message.height, message.kbps))
            case LineReport():
                self._watch.heard(message)
            case Offered():
                pass  # ours to say
            case _:
                self._words.heard(epoch, message)

    def new_page(self) -> None:
        """Another browser sits at the other end."""
        self._words.new_page()
        self._watch.new_browser()
        self._set(RemoteMedia())

    def _set(self, media: RemoteMedia) -> None:
        before, self._media = self._media, media
        if media != before:
            self.changed.announce(media)
        if media.screen and not before.screen:
            self.began_to_share.announce(None)
