"""Settings that could not be written have their sentence in every window."""

from __future__ import annotations

from pathlib import Path

from app.services.profile import Profile, ProfileError
from app.services.settings_keeper import SettingsKeeper
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.messages import Messages
from app.ui.settings_notice import tell_of_settings


def test_a_full_disk_is_told(tmp_path: Path, texts: Texts, qapp: object) -> None:
    messages, told = Messages(texts), []
    messages.told.connect(told.append)
    keeper = SettingsKeeper(Profile(tmp_path), Tasks(lambda *_: None))
    tell_of_settings(keeper, messages)
    keeper.refused.announce(ProfileError("app.profile.unwritable", folder="/daten"))
    assert told == [
        "Die Einstellungen lassen sich im Ordner /daten nicht speichern. Bitte prüfen Sie den freien Platz und die Rechte.",
    ]
