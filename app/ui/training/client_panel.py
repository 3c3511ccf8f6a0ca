"""What the simulated client does on command. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.services.ports import RoomEntry
from app.services.training.client import ClientState
from app.ui.parts import button, label
from app.ui.training.parts import TrainerParts
from app.ui.wording import Wording

_HERE = (ClientState.WAITING, ClientState.IN_ROOM)


class ClientPanel(QWidget):
    """Buttons that make no sense now cannot be pressed."""

    def __init__(self, parts: TrainerParts) -> None:
        super().__init__()
        self._training, self._texts = parts.training, parts.texts
        self._wording = Wording(parts.texts, lambda: False)
        self.state = label("", "large")
        self.rooms = QComboBox()
        self.rooms.setAccessibleName(parts.texts("app.training.room"))
        self._listed: list[RoomEntry] = []
        self.arrive = self._act("app.training.client.arrive", self._arrive, "primary")
        self.rehearse = self._act("app.training.client.rehearse", self._rehearse)
        self.knock = self._act("app.training.client.knock", self._training.knock)
        self.speak = self._act("app.training.client.silent", lambda: self._training.speak(not self._training.speaking))
        self.drop_out = self._act("app.training.client.drop-out", self._training.drop_out)
        self.come_back = self._act("app.training.client.come-back", self._training.come_back)
        self.leave = self._act("app.training.client.leave", self._training.leave)
        self.line = QLineEdit(parts.texts("app.training.client.line"))
        self.line.setAccessibleName(parts.texts("app.training.client.say"))
        self.say = self._act("app.training.client.say", self._say)
        self.line.returnPressed.connect(self.say.click)
        self._build()
        self._unsubscribe = self._training.changed.subscribe(lambda _none: self.refresh())
        self.refresh()

    def _act(self, key: str, act: object, kind: str = "") -> QPushButton:
        made = button(self._texts(key), kind)
        made.clicked.connect(lambda _checked=False: act())  # type: ignore[operator]
        return made

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.state)
        column.addWidget(label(self._texts("app.training.room"), "field"))
        column.addWidget(self.rooms)
        grid = QGridLayout()
        grid.setSpacing(8)
        rows = ((self.rehearse, self.arrive), (self.knock, self.speak), (self.drop_out, self.come_back), (self.leave,))
        for row, acts in enumerate(rows):
            for at, act in enumerate(acts):
                grid.addWidget(act, row, at)
        column.addLayout(grid)
        chat = QHBoxLayout()
        chat.addWidget(self.line, 1)
        chat.addWidget(self.say)
        column.addLayout(chat)
        column.addWidget(label(self._texts("app.training.client.no-howl"), "muted"))
        column.addStretch(1)

    def refresh(self) -> None:
        """As things stand now."""
        training, texts = self._training, self._texts
        state = training.client.state
        self.state.setText(texts(f"app.training.client.state.{state.value}"))
        self._list_rooms()
        gone = state in (ClientState.AWAY, ClientState.OVER)
        self.arrive.setEnabled(gone and bool(self._listed))
        self.rehearse.setEnabled(gone and bool(self._listed))
        self.rooms.setEnabled(gone)
        self.knock.setEnabled(state is ClientState.WAITING)
        self.speak.setText(texts("app.training.client.silent" if training.speaking else "app.training.client.speak"))
        self.speak.setAccessibleName(self.speak.text())
        self.drop_out.setEnabled(state in _HERE)
        self.come_back.setEnabled(state is ClientState.DROPPED)
        self.leave.setEnabled(state in _HERE)
        self.say.setEnabled(state is ClientState.IN_ROOM)

    def _list_rooms(self) -> None:
        rooms = list(self._training.rooms)
        names = [f"{self._wording.time(room.starts_at)} · {room.title or room.room[:4]}" for room in rooms]
        chosen = self.room
        if [self.rooms.itemText(n) for n in range(self.rooms.count())] != names:
            self.rooms.clear()
            self.rooms.addItems(names)
        self._listed = rooms
        if chosen is not None:
            self.rooms.setCurrentIndex(max(0, next((n for n, room in enumerate(rooms) if room.room == chosen.room), 0)))

    @property
    def room(self) -> RoomEntry | None:
        """That is chosen."""
        at = self.rooms.currentIndex()
        return self._listed[at] if 0 <= at < len(self._listed) else None

    def _arrive(self) -> None:
        if self.room is not None:
            self._training.arrive(self.room)

    def _rehearse(self) -> None:
        if self.room is not None:
            self._training.rehearse(self.room)

    def _say(self) -> None:
        if self.line.text().strip():
            self._training.say(self.line.text().strip())

    def close_down(self) -> None:
        """Hear no more."""
        self._unsubscribe()
