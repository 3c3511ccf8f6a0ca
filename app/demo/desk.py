"""The counsellor's part: what a person at the program's window does and sees, in the words of the catalogue. Uses `app.demo.hands` only."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessibleInterface, QImage
from PySide6.QtWidgets import QWidget

from app.demo.hands import Hands, NotOnScreen, beginning, named
from app.services.ports import SessionState, WordsState
from app.texts import Texts

SEEN_WITHIN_S = 5.0
"""A client who enters the waiting room stands in the window within that time."""
LINE_S = 15.0
"""How long setting up a line, or chat over it, may take on a busy machine."""
END_S = 20.0
"""Ten seconds to take the end back, and the server's answer."""


class Counsellor:
    """Knows the window by its catalogue (`app`)."""

    def __init__(self, hands: Hands, texts: Texts) -> None:
        self._hands = hands
        self._texts = texts

    async def see_program(self) -> None:
        """The main window is there and says that it is connected."""
        await self._see("app.agenda.new", 30.0)
        await self._see("app.link.connected", 30.0)

    async def note_appointment(self, name: str, email: str, time: str) -> None:
        """Today, at `time` (HH:MM): "Neuer Termin", what is known of the client, "Eintragen und anrufen"; the call sheet opens."""
        await self._click("app.calendar.mode.day")
        await self._click("app.calendar.today")
        await self._click("app.calendar.new")
        await self._see("app.noting.keep-and-call")
        for key, text in (("app.noting.name", name), ("app.noting.email", email)):
            await self._enter(key)
            await self._hands.type(text)
        await self._enter("app.noting.date")
        await self._hands.press(Qt.Key.Key_Tab)
        await self._hands.type(time)
        await self._click("app.noting.keep-and-call")
        await self._gone("app.noting.keep-and-call")

    async def see_sheet(self) -> None:
        """The call sheet with its question."""
        await self._see("app.sheet.way.rather.video")

    async def agree(self) -> None:
        """The client says yes on the phone."""
        await self._reach("app.sheet.way.rather.video")
        await self.see_agreement()

    async def see_agreement(self) -> None:
        """It stands in the call sheet, and can be taken back."""
        await self._see("app.sheet.agreement.withdraw")

    async def invite(self) -> None:
        """By mail."""
        await self._reach("app.sheet.invite.send")

    async def see_accepted(self) -> None:
        """The call sheet says that the mail server took the invitation."""
        await self._watch("app.sheet.watch.mail", "app.letter.state.accepted")

    async def see_ready(self) -> None:
        """The light of the client's technology is green."""
        await self._see("app.sheet.light.green", LINE_S)

    async def close_sheet(self) -> None:
        """Back to the calendar."""
        await self._hands.press(Qt.Key.Key_Escape)
        await self._gone("app.sheet.watch")

    async def decide(self) -> None:
        """Open the appointment in the calendar, take over what the program proposes as its outcome."""
        await self._hands.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
        await self._enter("app.calendar.table.list")
        await self._hands.press(Qt.Key.Key_Return)
        await self._see("app.sheet.watch")
        await self._reach("app.sheet.outcome")
        said = self._texts("app.outcome.proposal", kind=self._texts("app.outcome.kind.held"), why="…").partition("…")[0]
        await self._hands.wait_for(beginning(said), "app.outcome.proposal")  # it comes a moment after the window
        await self._click("app.outcome.keep")
        await self._gone("app.outcome.keep")

    async def see_decided(self) -> None:
        """The call sheet says how it came out."""
        await self._gone("app.outcome.keep")
        await self._see("app.outcome.kind.held")

    async def see_waiting(self) -> None:
        """A card with "admit" stands in the window. Raises NotOnScreen after 5 s."""
        await self._see("app.waiting.admit", SEEN_WITHIN_S)

    async def admit(self) -> float:
        """Let the client in; gives the Unix time of the click."""
        return await self._click("app.waiting.admit")

    async def see_running(self) -> None:
        """The conversation's window says that the line stands."""
        await self._see(f"app.call.state.{SessionState.RUNNING.value}", LINE_S)

    def see_nobody(self) -> None:
        """Nobody waits. Raises NotOnScreen if somebody does."""
        if self._hands.see(named(self._texts("app.waiting.admit"))) is not None:
            raise NotOnScreen("somebody waits already")

    def surface(self) -> QWidget:
        """The part of the window that shows the client's picture. Raises NotOnScreen if it is not shown."""
        thing = self._hands.see(named(self._texts("app.call.remote")))
        widget = thing.object() if thing is not None else None
        if not isinstance(widget, QWidget):
            raise NotOnScreen("the client's picture is not shown")
        return widget

    def picture(self) -> QImage:
        """The client's picture as it is painted in the window, without its margins. Raises NotOnScreen if it is not shown."""
        return _without_margins(self.surface().grab().toImage())

    async def read_words(self) -> list[str]:
        """The four safety words."""
        await self._see(f"app.words.state.{WordsState.READY.value}", LINE_S)
        names = self._hands.names()
        return [names[names.index(str(number)) + 1] for number in range(1, 5)]

    async def say(self, text: str) -> None:
        """Open the chat, type, Enter; wait until the other side acknowledged it."""
        field = self._texts("app.chat.field")
        if self._hands.see(named(field)) is None:
            await self._press("app.switch.chat")
        await self._hands.click(named(field), "app.chat.field")
        await self._hands.type(text)
        await self._hands.press(Qt.Key.Key_Return)

    async def see_line(self, text: str) -> None:
        """A chat line with that text stands in the window."""
        await self._hands.wait_for(lambda name: name.endswith(text), text, LINE_S)

    async def share_screen(self) -> None:
        """Press "show", take the window that is offered first, begin."""
        await self._press("app.switch.share")
        await self._see("app.share.list")
        await self._hands.press(Qt.Key.Key_Return)
        await self._gone("app.share.list")

    async def stop_screen(self) -> None:
        """Show nothing any more."""
        await self._click("app.share.stop")

    async def pause(self) -> None:
        """Press the pause, or press it again."""
        await self._press("app.switch.pause")

    async def see_interruption(self) -> None:
        """The window says that the line is gone."""
        await self._see(f"app.call.state.{SessionState.RECOVERING.value}", LINE_S)

    async def confirm_identity(self) -> None:
        """Press "Identität geprüft"; the bar goes."""
        await self._click("app.identity.checked")
        await self.see_identity()

    async def see_identity(self) -> None:
        """The bar that asks for it is gone."""
        await self._gone("app.identity.text")

    async def end(self) -> None:
        """Press the end; the window offers to take it back."""
        await self._click("app.switch.end")
        await self._see("app.end.undo")

    async def undo_end(self) -> None:
        """Take it back."""
        await self._click("app.end.undo")
        await self._gone("app.end.undo")

    async def see_over(self) -> None:
        """The conversation's window is gone, and no conversation runs any more."""
        await self._gone("app.switch.end", END_S)
        await self._gone("app.agenda.to-call")

    async def _see(self, key: str, seconds: float = 10.0) -> QAccessibleInterface:
        return await self._hands.wait_for(named(self._texts(key)), key, seconds)

    async def _click(self, key: str) -> float:
        return await self._hands.click(named(self._texts(key)), key)

    async def _enter(self, key: str) -> None:
        """Click into a field."""
        await self._hands.click(named(self._texts(key)), key, field=True)

    async def _reach(self, key: str) -> None:
        """Go there by keyboard and click."""
        await self._hands.tab_to(named(self._texts(key)), key)
        await self._click(key)

    async def _watch(self, line: str, state: str) -> None:
        """A line of the call sheet says so."""
        said = f"{self._texts(line)}: {self._texts(state).partition('{')[0]}"
        await self._hands.wait_for(beginning(said), said, LINE_S)

    async def _press(self, key: str) -> None:
        """A switch, whose name goes on with how it stands."""
        await self._hands.click(beginning(self._texts(key)), key)

    async def _gone(self, key: str, seconds: float = 10.0) -> None:
        await self._hands.wait_gone(named(self._texts(key)), key, seconds)


def _without_margins(image: QImage) -> QImage:
    """The widest 16:9 picture in the middle, which is how the window places it."""
    width, height = image.width(), image.height()
    picture_width = min(width, height * 16 // 9)
    picture_height = picture_width * 9 // 16
    return image.copy(QRect((width - picture_width) // 2, (height - picture_height) // 2, picture_width, picture_height))
