"""Above the pictures: where the conversation stands, in words, and the banners. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.services.ports import Session, SessionState
from app.texts import Texts
from app.ui.announce import announce
from app.ui.call.banners import UndoBanner, identity_banner
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
    """Shows; what is pressed is told by signals or by the banners' own."""

    others_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, session: Session, heading: str, notices: NoticeBar, texts: Texts) -> None:
        super().__init__()
        self.setProperty("kind", "head")
        self._session = session
        self._texts = texts
        self._state = label()
        self._state.setProperty("size", "large")
        self._client = label(rank="warn")
        self._client.setWordWrap(False)
        self._client.hide()
        self._others = button(texts("app.call.others"), "quiet")
        self._others.hide()
        self.help = button(texts("app.help"), "quiet")
        self.identity = identity_banner(texts)
        self.undo = UndoBanner(texts)
        self._others.clicked.connect(self.others_wanted)
        self.help.clicked.connect(self.help_wanted)
        self._lay_out(heading, (notices, self.undo, self.identity))

    def _lay_out(self, heading: str, banners: tuple[QWidget, ...]) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._state)
        words.addWidget(label(heading, "muted"))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addLayout(words, 1)
        for widget in (self._client, self._others, self.help):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 10, 20, 10)
        column.setSpacing(8)
        column.addLayout(row)
        for banner in banners:
            column.addWidget(banner)

    def show_state(self) -> None:
        """Take over the session's state."""
        state = self._session.state
        text = self._texts(f"app.call.state.{state.value}")
        changed = bool(self._state.text()) and self._state.text() != text
        self._state.setText(text)
        set_rank(self._state, _RANK.get(state, ""))
        self.undo.setVisible(state is SessionState.ENDING)
        self.show_identity()
        if state is SessionState.ENDING:
            self.undo.button.setFocus()
        if changed:
            announce(self._state, text, urgent=state in _ENDED)

    def show_identity(self) -> None:
        """The banner stands until the counsellor has confirmed."""
        self.identity.setVisible(not self._session.identity_checked and self._session.state not in _ENDED)

    def show_client_media(self) -> None:
        """Say when the client's microphone is off."""
        silent = not self._session.remote_media.microphone and self._session.state is SessionState.RUNNING
        text = self._texts("app.call.client-muted") if silent else ""
        if silent and self._client.isHidden():
            announce(self._client, text)
        self._client.setText(text)
        self._client.setVisible(silent)

    def show_others(self, waiting: int) -> None:
        """Say silently that somebody else waits."""
        appeared = waiting > 0 and self._others.isHidden()
        self._others.setVisible(waiting > 0)
        if appeared:
            announce(self._others, self._others.text())
