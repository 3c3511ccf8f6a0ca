"""A sign-in with the agency's account in memory: the test says how it goes on. Imports the ports only."""

from __future__ import annotations

from app.services.agency.sign_in_port import SignInView, Step
from app.services.events import Event


class FakeSignIn:
    """Keeps the `SignInPort` contract."""

    def __init__(self) -> None:
        self.changed: Event[SignInView] = Event()
        self.view = SignInView()
        self.begun: list[str] = []
        """Addresses."""
        self.opened_again = 0

    def begin(self, address: str) -> None:
        self.begun.append(address)
        self.go(SignInView(Step.ASKING))

    def open_again(self) -> None:
        self.opened_again += 1

    def cancel(self) -> None:
        if self.view.step.under_way:
            self.go(SignInView(Step.CANCELLED))

    def go(self, view: SignInView) -> None:
        """From now on it stands so."""
        self.view = view
        self.changed.announce(view)
