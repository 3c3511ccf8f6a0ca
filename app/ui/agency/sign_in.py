"""Signing in with the agency's account: what the person has to do now, in one sentence at a time. Imports Qt and `app.ui` only.

It begins by itself and closes by itself. Nothing is typed here; passwords belong to the browser.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.services.agency.ports import Trouble
from app.services.agency.sign_in_port import SignInFault, SignInPort, SignInView, Step
from app.texts import Texts
from app.ui.agency.parts import AgencyParts
from app.ui.appointment.cards import Line
from app.ui.appointment.fields import Field
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.parts import button
from app.ui.store.asking import AskingDialog

_OF_SERVER = {
    Trouble.AWAY: "app.signin.server.away",
    Trouble.NO_SERVER: "app.signin.server.no-server",
    Trouble.PROXY: "app.signin.server.proxy",
    Trouble.CERTIFICATE: "app.signin.server.certificate",
    Trouble.CLOCK: "app.signin.server.clock",
    Trouble.OTHER_SERVER: "app.signin.server.other-server",
    Trouble.OLD_SERVER: "app.signin.server.old-server",
    Trouble.NO_KEYRING: "app.signin.server.no-keyring",
}
"""Where the sentence for an enrolment speaks of a code."""


class SignInDialog(AskingDialog):
    """One sign-in, tried as often as the person likes."""

    def __init__(
        self, parent: QWidget, parts: AgencyParts, port: SignInPort, address: str, signed_in: Callable[[SignInView], None]
    ) -> None:
        """`signed_in` is called once it has worked."""
        texts = parts.texts
        super().__init__(parent, texts, texts("app.signin.title"), texts("app.signin.more"))
        self._port = port
        self._address = address
        self._signed_in = signed_in
        self._state = Line(parts.theme)
        self._line = QLineEdit()
        self._line.setReadOnly(True)
        self.where = Field(texts("app.signin.address"), self._line)
        self.copy = button(texts("app.signin.copy"))
        self.copy.clicked.connect(self._copied)
        for each in (self._state, self.where, self.copy):
            self.body.addWidget(each)
        self.add_answers(texts("app.cancel"), texts("app.signin.open-again"))
        self._unsubscribe = port.changed.subscribe(self._show)
        self._port.begin(address)
        self._show(port.view)

    @property
    def told(self) -> Told:
        """What is to be done now, or what went wrong."""
        return self._state.told

    def go(self) -> None:
        """The browser once more, or all of it."""
        if self._port.view.step is Step.BROWSER:
            self._port.open_again()
        else:
            self._port.begin(self._address)

    def _show(self, view: SignInView) -> None:
        if view.step is Step.DONE:
            self.accept()
            self._signed_in(view)
            return
        without = view.step is Step.BROWSER and not view.opened
        self._line.setText(view.address)
        self.where.setVisible(without)
        self.copy.setVisible(without)
        self._name_the_way_on("app.signin.open-again" if view.step is Step.BROWSER else "app.signin.try-again")
        self.go_on.setVisible(view.step in (Step.BROWSER, Step.FAILED, Step.CANCELLED))
        self._state.tell(_told(view, self._texts))
        self.fit()

    def _name_the_way_on(self, key: str) -> None:
        self.go_on.setText(self._texts(key))
        self.go_on.setAccessibleName(self._texts(key))

    def _copied(self) -> None:
        QApplication.clipboard().setText(self._line.text())
        self._state.tell(Told(Sign.ON_THE_WAY, self._texts("app.signin.copied")))

    def done(self, result: int) -> None:
        self._unsubscribe()
        self._port.cancel()
        super().done(result)


def _told(view: SignInView, texts: Texts) -> Told:
    if view.failure is not None:
        return Told(Sign.BAD, texts(sentence_of(view.failure)))
    if view.step is Step.BROWSER and not view.opened:
        return Told(Sign.WEAK, texts("app.signin.no-browser"))
    step = view.step if view.step.under_way else Step.ASKING
    return Told(Sign.ON_THE_WAY, texts(f"app.signin.step.{step.value}"))


def sentence_of(failure: SignInFault | Trouble) -> str:
    """Catalogue key of what went wrong, with a way out."""
    if isinstance(failure, SignInFault):
        return f"app.signin.fault.{failure.value}"
    return _OF_SERVER.get(failure, f"app.agency.trouble.{failure.value}")
