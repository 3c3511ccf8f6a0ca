"""Photographs the windows of the agency's server: `python -m tests.ui.agency.shots DIR [dark]`; QT_SCALE_FACTOR=2 for 200 %."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from app.paths import RESOURCES
from app.services.agency.ports import NotEnrolled, Trouble
from app.services.agency.sign_in_port import SignInFault, SignInView, Step
from app.services.fakes.agency import FakeAgencyDoor, sample_agency
from app.services.fakes.sign_in import FakeSignIn
from app.services.fakes.tasks import TasksAtOnce
from app.services.server_port import ServerState
from app.texts import Texts
from app.ui.agency.connect import ConnectDialog
from app.ui.agency.joined import JoinedDialog
from app.ui.agency.parts import AgencyParts, AgencyPlan
from app.ui.agency.sign_in import SignInDialog
from app.ui.agency.status import AgencyWindow
from app.ui.colours import DARK, LIGHT
from app.ui.messages import Messages
from app.ui.theme import Theme

CODE = "VB1-0123A-4567B-89ABC-CDEFG-HJKMN-PQRST-VWXYZ-01234-56789-ABCDE-FGHJK-MNPQR-STVWX"


async def photograph_agency(folder: Path, theme: Theme, texts: Texts) -> None:
    """Each window in the states that are to be looked at."""
    main = QWidget()

    def parts(door: FakeAgencyDoor, talking: bool = False) -> AgencyParts:
        plan = AgencyPlan(door, lambda: True, lambda: talking, FakeSignIn())
        return AgencyParts(plan, TasksAtOnce(print), Messages(texts), texts, theme)

    async def shot(name: str, window: QWidget) -> None:
        window.show()
        for _ in range(8):
            QApplication.processEvents()
            await asyncio.sleep(0.01)
        window.grab().save(str(folder / f"agency-{name}.png"))
        window.hide()

    def refused(trouble: Trouble) -> ConnectDialog:
        door = FakeAgencyDoor(address="https://video.jobcenter.example", locked=True)
        door.trouble = NotEnrolled(trouble, group=7)
        dialog = ConnectDialog(main, parts(door), lambda _server: None)
        dialog.code.control.setPlainText(CODE)
        dialog.show()
        dialog.go()
        return dialog

    await shot("connect", ConnectDialog(main, parts(FakeAgencyDoor()), lambda _server: None))
    await shot("wrong-group", refused(Trouble.CODE_GROUP))
    await shot("other-server", refused(Trouble.OTHER_SERVER))
    await shot("joined", JoinedDialog(main, parts(FakeAgencyDoor()), sample_agency()))
    await shot("joined-talking", JoinedDialog(main, parts(FakeAgencyDoor(), talking=True), sample_agency()))
    for name, view in (
        ("browser", SignInView(Step.BROWSER, "https://anmeldung.agentur.example/auth?client_id=videoberatung")),
        ("no-browser", SignInView(Step.BROWSER, "https://anmeldung.agentur.example/auth?client_id=videoberatung", opened=False)),
        ("too-weak", SignInView(Step.FAILED, failure=SignInFault.TOO_WEAK)),
    ):
        port = FakeSignIn()
        dialog = SignInDialog(main, parts(FakeAgencyDoor()), port, "https://video.jobcenter.example", lambda _view: None)
        port.go(view)
        await shot(f"sign-in-{name}", dialog)
    door = FakeAgencyDoor(current=sample_agency())
    door.server.state = ServerState.READY
    await shot("status", AgencyWindow(main, parts(door), sample_agency()))
    door.server.state, door.server.problem = ServerState.FAILING, "revoked"
    await shot("status-revoked", AgencyWindow(main, parts(door), sample_agency()))


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    theme = Theme(application, RESOURCES, lambda _palette, _scheme, _contrast: DARK if "dark" in sys.argv else LIGHT)
    theme.apply()
    asyncio.run(photograph_agency(folder, theme, Texts.load(RESOURCES / "i18n", "de", "app")))


if __name__ == "__main__":
    main()
