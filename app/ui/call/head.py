"""Above the pictures: where the conversation stands, in words, and the banners. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.services.ports import Session, SessionState
from app.texts import Texts
from app.ui.announce import announce
from app.ui.banner import Banner
from app.ui.call.banner_stack import BannerStack
from app.ui.call.banners import UndoBanner, identity_banner
from app.ui.call.trouble import TroubleBanner
from app.ui.call.verdict import VerdictBanner
from app.ui.call.words_banner import WordsBanner
from app.ui.messages import NoticeBar
from app.ui.parts import button, label, set_rank

_RANK = {
    SessionState.RUNNING: "good",
    SessionState.RECOVERING: "warn",
    SessionState.CLIENT_AWAY: "warn",
    SessionState.ENDING: "danger",
}
_ENDED = (SessionState.ENDING, SessionState.OVER)


class CallHead(QFrame):
    """Shows; what is pressed is told by `others_wanted` or by the banners' own signals."""

    others_wanted = Signal()

    def __init__(self, session: Session, heading: Callable[[], str], notices: NoticeBar, texts: Texts) -> None:
        """`heading` gives time and title as they may be shown at the moment."""
        super().__init__()
        self.setProperty("kind", "head")
        self._session = session
        self._heading = heading
        self._texts = texts
        self._waiting = 0
        self._state = label()
        self._state.setProperty("size", "large")
        self._title = label(heading(), "muted")
        self._client = label(rank="warn")
        self._client.setWordWrap(False)
        self._client.hide()
        self._others = button(texts("app.call.others"), "mark")
        self._others.hide()
        self._others.clicked.connect(self.others_wanted)
        self.identity = identity_banner(texts)
        self.undo = UndoBanner(texts)
        self.sharing = Banner("", texts("app.share.stop"), "showing")
        self.sharing.hide()
        self.verdict = VerdictBanner(texts)
        self.trouble = TroubleBanner(texts)
        self.words = WordsBanner(texts)
        self.nothing_comes = Banner("", texts("app.call.nothing-comes.phone"))
        self.nothing_comes.hide()
        by_urgency = (self.undo, self.sharing, self.words, notices, self.trouble, self.nothing_comes, self.verdict, self.identity)
        self._lay_out(BannerStack(by_urgency))

    def _lay_out(self, banners: BannerStack) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._state)
        words.addWidget(self._title)
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addLayout(words, 1)
        for widget in (self._client, self._others):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 10, 20, 10)
        column.setSpacing(8)
        column.addWidget(self._row)
        column.addWidget(banners)

    def show_title(self) -> None:
        """Names may be shown from now on, or no longer."""
        self._title.setText(self._heading())

    def show_state(self) -> None:
        """Take over the session's state."""
        state = self._session.state
        text = self._texts(f"app.call.state.{state.value}")
        changed = bool(self._state.text()) and self._state.text() != text
        self._state.setText(text)
        set_rank(self._state, _RANK.get(state, ""))
        self.undo.setVisible(state is SessionState.ENDING)
        self.show_identity()
        self.show_verdict()
        if state is SessionState.ENDING:
            self.undo.button.setFocus()
        if changed:
            announce(self._state, text, urgent=state in _ENDED)

    def show_identity(self) -> None:
        """The banner stands until the counsellor has confirmed; who came with the dictated code may be anybody who overheard it."""
        client = self._session.room.admitted
        by_code = client is not None and client.by_code
        self.identity.text.setText(self._texts("app.main.identity.by-code" if by_code else "app.identity.text"))
        self.identity.setVisible(not self._session.identity_checked and self._session.state not in _ENDED)

    def show_client_media(self) -> None:
        """Say when the client's microphone is off; a pause is said on the stage."""
        theirs = self._session.remote_media
        silent = not theirs.microphone and not theirs.paused and self._session.state is SessionState.RUNNING
        text = self._texts("app.call.client-muted") if silent else ""
        if silent and self._client.isHidden():
            announce(self._client, text)
        self._client.setText(text)
        self._client.setVisible(silent)

    def show_verdict(self) -> None:
        """Say whose line or device is weak, while they talk."""
        if self._session.state is SessionState.RUNNING:
            self.verdict.show_verdict(self._session.verdict, self._session.own_media.camera)
        else:
            self.verdict.show_text("")

    def show_words(self, in_sight: bool) -> None:
        """Say how the safety words stand where that asks for something; `in_sight` is whether their panel is open."""
        over = self._session.state in _ENDED
        self.words.show_state(self._session.words.state, in_sight or over)

    def show_nothing_comes(self, on: bool) -> None:
        """Say that no picture and no sound came for a while, with the telephone as way out."""
        self.nothing_comes.show_text(self._texts("app.call.nothing-comes.text") if on else "", urgent=True)

    def show_sharing(self, name: str) -> None:
        """Say what of ours the client sees, as long as they see it."""
        if not name and not self.sharing.isHidden():
            announce(self.sharing, self._texts("app.share.stopped"))
        self.sharing.show_text(self._texts("app.share.now", name=name) if name else "")

    def show_others(self, waiting: int) -> None:
        """Say silently that somebody else waits, and each time it is one more."""
        more, self._waiting = waiting > self._waiting, waiting
        self._others.setVisible(waiting > 0)
        if more:
            announce(self._others, self._others.text())

    def show_compact(self, on: bool) -> None:
        """On a full screen only what wants to be read stands above the pictures."""
        self._row.setVisible(not on)
