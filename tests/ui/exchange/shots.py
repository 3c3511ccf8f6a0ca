"""Photographs windows of exchange, store and mail server: `python -m tests.ui.exchange.shots DIR [dark]`; QT_SCALE_FACTOR=2 for 200 %."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.paths import RESOURCES
from app.services.appointments.ports import StoreError
from app.services.exchange.feed_file import CalendarFeed
from app.services.exchange.feed_settings import FeedSettings
from app.services.fakes import ManualClock
from app.services.fakes.appointments import SampleBook
from app.services.fakes.mail_server import FakeMailServer
from app.services.fakes.mailbox import FakeMailbox
from app.services.keys import KeysOfAFolder, MemoryKeyStore
from app.services.mail.credentials import MAIL_PASSWORD
from app.services.mail.secrets import MailSecret, MailSecrets
from app.services.mail.server import Trouble
from app.services.mail.settings import BounceMailbox, Login, MailSettings
from app.services.mail.sign_in import SignIn
from app.services.mail.template_folder import TemplateFolder
from app.services.mail.way import MailWay
from app.services.store.recovery import RecoveryKey
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.appointment.parts import AppointmentParts
from app.ui.colours import DARK, LIGHT
from app.ui.exchange.windows import ExchangeWindows
from app.ui.messages import Messages
from app.ui.quiet import Quiet
from app.ui.settings.mail_secrets import PasswordDialog
from app.ui.settings.mail_texts_window import MailTextsWindow
from app.ui.settings.mail_window import MailWindow
from app.ui.store.passphrase import ExistingPassphrase, NewPassphrase
from app.ui.store.recovery import ShowRecoveryKey, TypeRecoveryKey
from app.ui.store.start import RestoreQuestion, TroubleDialog
from app.ui.theme import Theme
from tests.ui.appointment.shots import NOW, put_up_a_screen
from tests.ui.appointment.support import press, settle, turn
from tests.ui.support import dialog
from tests.unit.services.exchange.test_ics_import import WEBER, YILMAZ, event, file

SETTINGS = MailSettings(
    host="mail.agency.example",
    login=Login.PASSWORD,
    user="termine",
    sender="termine@agency.example",
    sender_name="Jobcenter Musterstadt",
    bounces=BounceMailbox(address="zurueck@agency.example", host="imap.agency.example", user="zurueck"),
)
OAUTH = SignIn(token_endpoint="https://anmeldung.agency.example/token", client_id="videoberatung", scope="mail.send")


def sample_file() -> bytes:
    """A few appointments, and things that are none."""
    parts = [
        event(WEBER, "SUMMARY:Bewerbungsunterlagen", uid=str(day), start=f"202612{day}T100000", end=f"202612{day}T103000")
        for day in (10, 11)
    ]
    parts.append(event(YILMAZ, "SUMMARY:Weiterbildung", "RRULE:FREQ=WEEKLY;COUNT=6", start="20261202T140000", end="20261202T144500"))
    parts += [event(uid=f"d{day}", start=f";VALUE=DATE:202612{day}", end=f";VALUE=DATE:202612{day + 1}") for day in (24, 25, 28)]
    return file(*parts, event("STATUS:CANCELLED", uid="c", start="20261203T140000", end="20261203T144500"))


def sample_table(folder: Path) -> Path:
    """Two rows that can be read, two that cannot."""
    rows = ["Datum;Beginn;Minuten;Name;Notiz", "10.12.2026;9:00;30;Frau Adam;Umzug", "10.12.2026;10:00;45;Herr Weber;Weiterbildung"]
    rows += ["12/10/2026;9:00;30;Frau Yılmaz;", "11.12.2026;9:00;;Frau Nowak;"]
    table = folder / "sample.csv"
    table.write_text("\n".join(rows), encoding="utf-8")
    return table


async def main(folder: Path, dark: bool) -> None:
    """Everything once."""
    application = QApplication([])
    scale = os.environ.get("QT_SCALE_FACTOR", "")
    suffix = f"{'-dark' if dark else ''}{f'-x{scale}' if scale else ''}"
    clock, texts = ManualClock(NOW), Texts.load(RESOURCES / "i18n", "de", "app")
    theme = Theme(application, RESOURCES, lambda _palette, _scheme, _contrast: DARK if dark else LIGHT)
    tasks = Tasks(lambda name, error: print(name, repr(error), file=sys.stderr))
    book = SampleBook(clock)
    parts = AppointmentParts(book, tasks, Messages(texts), texts, theme, Quiet(clock), ["de", "en"], clock)
    feed = CalendarFeed(book, clock, tasks, texts, FeedSettings(on=True, folder=str(folder)), lambda _settings: None)
    window = QWidget()
    window.setObjectName("window")
    window.show()
    exchange = ExchangeWindows(window, parts, feed)

    async def take(name: str, shown: QDialog | None = None) -> None:
        if shown is not None:
            shown.open()
        for _ in range(3):
            await settle(parts)
        found = shown or dialog(QDialog)
        assert isinstance(found, QDialog)
        found.grab().save(str(folder / f"{name}{suffix}.png"))
        found.reject()
        await turn()

    calendar = folder / "sample.ics"
    calendar.write_bytes(sample_file())
    exchange.take_over_from(calendar)
    await take("import")
    exchange.take_over_from(sample_table(folder))
    await take("import-table")
    calendar.write_bytes(b"x")
    exchange.take_over_from(calendar)
    await take("import-refused")
    exchange.feed()
    await take("feed")
    exchange.table()
    await take("csv")
    await take("passphrase", ExistingPassphrase(None, texts))
    wrong = ExistingPassphrase(None, texts)
    wrong.open()
    wrong.say(texts("app.store.wrong-passphrase"))
    await take("passphrase-wrong", wrong)
    new = NewPassphrase(None, texts)
    new.open()
    press(new, texts("app.unlock.new.keep"))
    await take("passphrase-new", new)
    await take("recovery-key", ShowRecoveryKey(None, texts, RecoveryKey(bytes(range(20)))))
    await take("recovery-type", TypeRecoveryKey(None, texts))
    await take("trouble", TroubleDialog(None, texts, StoreError("app.store.key-missing")))
    await take("restore", RestoreQuestion(None, texts))
    server = FakeMailServer()
    server.trouble = Trouble.CERTIFICATE
    mailbox = FakeMailbox()
    keys = KeysOfAFolder()
    keys.save(MAIL_PASSWORD, b"x")
    mail = MailWindow(window, parts, MailWay(SETTINGS, server, mailbox, MailSecrets(keys, SETTINGS), frozenset({"host", "sender"})))
    mail.open()
    press(mail, texts("app.mailbox.test"))
    await take("mail", mail)
    signed = msgspec.structs.replace(SETTINGS, login=Login.XOAUTH2, oauth=OAUTH)
    await take("mail-sign-in", MailWindow(window, parts, MailWay(signed, server, None, MailSecrets(MemoryKeyStore(), signed))))
    await take("mail-locked", MailWindow(window, parts, MailWay(SETTINGS, server, mailbox, MailSecrets(keys, SETTINGS, locked=True))))
    await take("mail-password", PasswordDialog(window, texts, MailSecret.BOUNCES))
    await take("mail-none", MailWindow(window, parts, MailWay()))
    (folder / "texte/de").mkdir(parents=True, exist_ok=True)
    for name, text in (("invitation", "Subject: Ihr Gespräch\n\nGuten Tag,\n\n{{ link }}\n"), ("moved", "Subject: Neu\n\nOhne Link\n")):
        (folder / "texte/de" / f"{name}.txt").write_text(text, "utf-8")
    for name, of in (("mail-texts", None), ("mail-texts-refused", folder / "texte")):
        texts_of = TemplateFolder(RESOURCES / "mail", of, "Jobcenter Musterstadt", "0911 555 0", False, lambda: None)
        await take(name, MailTextsWindow(window, parts, texts_of))
    await tasks.close()


if __name__ == "__main__":
    pictures = Path(sys.argv[1])
    pictures.mkdir(parents=True, exist_ok=True)
    put_up_a_screen(pictures)
    asyncio.run(main(pictures, "dark" in sys.argv[2:]))
