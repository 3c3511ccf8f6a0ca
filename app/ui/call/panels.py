"""Builds the panels beside the pictures and keeps them up to date. Imports `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from app.ui.call.chat_panel import ChatPanel
from app.ui.call.device_panel import DevicePanel
from app.ui.call.parts import CallParts
from app.ui.call.side import Maker, Panel
from app.ui.call.view_model import CallViewModel
from app.ui.call.words_panel import WordsPanel


def panel_makers(model: CallViewModel, parts: CallParts, check: Callable[[], Callable[[], object] | None]) -> dict[Panel, Maker]:
    """What makes each panel of one conversation when it is first wanted. `check` gives what begins the device check, if there is one."""
    session = model.session

    def words() -> WordsPanel:
        panel = WordsPanel(parts.texts)
        panel.show_words(session.words)
        model.words_changed.connect(lambda: panel.show_words(session.words))
        return panel

    def chat() -> ChatPanel:
        panel = ChatPanel(parts.texts, parts.theme)
        panel.show_lines(session.chat)
        panel.said.connect(session.say)
        model.chat_changed.connect(lambda: panel.show_lines(session.chat))
        return panel

    def devices() -> DevicePanel:
        panel = DevicePanel(parts.devices, model.choice, parts.texts, parts.offer_default)
        panel.chosen.connect(model.choose)
        model.choice_changed.connect(panel.show_choice)
        begin = check()
        if begin is not None:
            panel.check_wanted.connect(begin)
            panel.offer_check()
        return panel

    return {Panel.WORDS: words, Panel.CHAT: chat, Panel.DEVICES: devices}
