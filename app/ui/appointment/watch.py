"""What is known of the client's technology, live while both are on the phone. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.domain.readiness import Readiness
from app.ui.appointment.cards import Line
from app.ui.appointment.client_check import ClientCheck
from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import AppointmentWords, Told
from app.ui.parts import label


class WatchPanel(QFrame):
    """The light, and below it the way to it: mail, link, camera, sound, network."""

    def __init__(self, model: AppointmentModel, parts: AppointmentParts, words: AppointmentWords) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._model = model
        self._parts = parts
        self._words = words
        texts, theme = parts.texts, parts.theme
        self.light = Line(theme, side=34, rank="large")
        self.wish = label("", "danger")
        self.checking = ClientCheck(parts)
        self.mail = Line(theme, texts("app.sheet.watch.mail"))
        self.opened = Line(theme, texts("app.sheet.watch.link"))
        self.camera = Line(theme, texts("app.sheet.watch.camera"))
        self.sound = Line(theme, texts("app.sheet.watch.sound"))
        self.network = Line(theme, texts("app.sheet.watch.network"))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 18)
        column.setSpacing(14)
        column.addWidget(label(texts("app.sheet.watch"), "section"))
        column.addWidget(self.light)
        column.addWidget(self.wish)
        column.addWidget(self.checking)
        for line in (self.mail, self.opened, self.camera, self.sound, self.network):
            column.addWidget(line)
        column.addWidget(label(texts("app.sheet.watch.more"), "muted"))

    def show_model(self) -> None:
        appointment, now = self._model.appointment, self._model.now
        readiness = appointment.readiness
        self.setVisible(self._model.by_video)
        self.light.tell(self._words.light(readiness))
        self.wish.setVisible(readiness.wish is not None)
        self.wish.setText("" if readiness.wish is None else self._words.wish(readiness.wish))
        self.checking.show_readiness(readiness, now)
        self.mail.tell(self._mail())
        self.opened.tell(self._words.opened(readiness, now))
        self._show_checks(readiness)

    def _show_checks(self, readiness: Readiness) -> None:
        self.camera.tell(self._words.camera(readiness))
        self.sound.tell(self._words.sound(readiness))
        self.network.tell(self._words.network(readiness))

    def _mail(self) -> Told:
        mail = self._model.invitation
        if mail is not None:
            return self._words.mail(mail, self._model.now)
        given = self._model.invited
        key = "app.sheet.invite.handed-over" if given else "app.sheet.watch.mail.none"
        return Told(Sign.GIVEN if given else Sign.OPEN, self._parts.texts(key))
