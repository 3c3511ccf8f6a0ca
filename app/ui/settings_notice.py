"""Tells the person when a change of the settings could not be written. Imports the keeper and `app.ui.messages` only."""

from __future__ import annotations

from app.services.settings_keeper import SettingsKeeper
from app.ui.messages import Messages


def tell_of_settings(keeper: SettingsKeeper, messages: Messages) -> None:
    """From now on say it each time."""
    keeper.refused.subscribe(lambda error: messages.tell(error.key, **error.values))
