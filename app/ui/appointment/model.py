"""One appointment as its windows see it: kept up to date by the book, changed by acts. Imports `app.services` (ports) and Qt core only."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.appointments import Appointment, Client, Stage, Way
from app.domain.evaluation import Declined
from app.domain.mails import Mail, MailKind, MailState
from app.services.appointments.lock import NO_LINKS
from app.services.appointments.ports import BookError, Draft, StoreError, Tell
from app.services.appointments.post import invited_already
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.when import When
from app.ui.appointment.work import Foreseen, Work

AGREEMENT_VERSION = "1"
"""Of the text that is read out (`app.sheet.agreement.1`). A reworded one gets a new number and leaves the old text where it is."""

Refused = Callable[[Foreseen], object] | None


class AppointmentModel(QObject):
    """One for each window. `close` it with the window."""

    changed = Signal()
    """The appointment, its mails, or whether anybody can be invited."""
    gone = Signal()
    """It was deleted."""
    way_chosen = Signal(Way)
    """Another one than before, just now."""
    acted = Signal(str)
    """Id of the appointment that something was done about in this window."""

    def __init__(self, parts: AppointmentParts, appointment: str) -> None:
        super().__init__()
        self._parts = parts
        self.id = appointment
        self.appointment = Appointment(id=appointment, starts_at=parts.clock.unix(), minutes=1)
        """As last seen; empty until `loaded`."""
        self.mails: Sequence[Mail] = ()
        self.loaded = False
        self._work = Work(parts.tasks, parts.messages)
        self._looking = False
        self._look_again = False
        self._open = True
        self._unsubscribe = parts.book.changed.subscribe(self._heard)
        self._look()

    def close(self) -> None:
        """No more signals; what was begun goes on to its end."""
        self._open = False
        self._unsubscribe()
        self._work.close()

    # ---- what can be done

    @property
    def now(self) -> int:
        return self._parts.clock.unix()

    @property
    def by_video(self) -> bool:
        return self.appointment.way is Way.VIDEO

    @property
    def is_over(self) -> bool:
        return self.appointment.stage.is_over

    @property
    def invitation(self) -> Mail | None:
        """The newest mail that brought, or was to bring, a link."""
        return next((mail for mail in reversed(self.mails) if mail.kind in (MailKind.INVITATION, MailKind.NEW_LINK)), None)

    @property
    def link(self) -> str:
        """The personal link; empty while there is none."""
        return self._parts.book.link(self.appointment)

    @property
    def may_hand_over(self) -> bool:
        """Whether there is a link to give out."""
        return self.appointment.agreed and not self.is_over and self.appointment.access is not None

    @property
    def invited(self) -> bool:
        """A link was given out."""
        return self.appointment.stage in (Stage.INVITED, Stage.WAITING, Stage.IN_SESSION)

    @property
    def can_mail(self) -> bool:
        """Whether the client can be told of a change by mail."""
        return self.invited and bool(self.appointment.client.email) and not self._parts.book.invite_locked

    @property
    def dead_link(self) -> str:
        """Why the link leads nowhere outside, as a sentence; empty where it does."""
        book = self._parts.book
        locked = book.invite_locked
        return self._parts.texts(locked, **book.invite_lock_values) if locked is not None and locked in NO_LINKS else ""

    @property
    def uninvitable(self) -> str:
        """Why no invitation can be mailed, as a sentence; empty if one can."""
        texts = self._parts.texts
        if self.is_over:
            return texts("app.sheet.not-invitable.over")
        if not self.appointment.agreed:
            return texts("app.sheet.not-invitable.agreement")
        if lock := self._parts.book.invite_locked:
            return texts(lock, **self._parts.book.invite_lock_values)
        if not self.appointment.client.email:
            return texts("app.sheet.not-invitable.address")
        mail = invited_already(self.appointment, self.mails) if self.invited else None
        if mail is None:
            return ""
        return texts("app.sheet.not-invitable.unclear" if mail.state is MailState.UNCLEAR else "app.sheet.not-invitable.invited")

    # ---- acts

    def do(
        self,
        name: str,
        act: Callable[[], Coroutine[Any, Any, Appointment]],
        refused: Refused = None,
        done: Callable[[Appointment], object] | None = None,
    ) -> None:
        """An act that gives the appointment as it stands afterwards."""

        def show(appointment: Appointment) -> None:
            self._show(appointment)
            if done is not None:
                done(appointment)
            self.acted.emit(self.id)

        self._work.do(name, act, show, refused)

    def ask(self, name: str, act: Callable[[], Coroutine[Any, Any, Any]], done: Callable[[Any], object], refused: Refused = None) -> None:
        """An act, or a question, that gives something else."""
        self._work.do(name, act, done, refused)

    def draft(self, client: Client | None = None, when: When | None = None, topic: str | None = None) -> Draft:
        """The appointment as a draft, with these things changed."""
        now = self.appointment
        return Draft(
            starts_at=now.starts_at if when is None else when.starts_at,
            minutes=now.minutes if when is None else when.minutes,
            topic=now.topic if topic is None else topic,
            client=now.client if client is None else client,
            way=now.way,
        )

    def keep(self, typed: Client, done: Callable[[Appointment], object], refused: Refused) -> None:
        """Keep what was typed about the client."""
        self.do("keep", lambda: self._parts.book.change(self.id, self.draft(client=typed), Tell.NOBODY), refused, done)

    def agree(self) -> None:
        self.do("agree", lambda: self._parts.book.agree(self.id, AGREEMENT_VERSION))

    def withdraw(self) -> None:
        self.do("withdraw", lambda: self._parts.book.withdraw(self.id))

    def choose_way(self, way: Way, tell: Tell) -> None:
        self.do("choose-way", lambda: self._parts.book.choose_way(self.id, way, tell), done=lambda found: self.way_chosen.emit(found.way))

    def declined(self, why: Declined) -> None:
        """The client said why they do not want to talk by video."""
        self.do("declined", lambda: self._parts.book.declined(self.id, why))

    def invite(self) -> None:
        self.do("invite", lambda: self._parts.book.invite(self.id))

    def handed_over(self) -> None:
        """The link was given on another way; of no use to say twice."""
        if self.appointment.stage is Stage.AGREED:
            self.do("handed-over", lambda: self._parts.book.handed_over(self.id))

    def send_again(self, mail: str) -> None:
        self._work.do("send-again", lambda: self._parts.book.send_again(mail), lambda _none: self._look())

    def leave_unclear(self, mail: str) -> None:
        self._work.do("leave-unclear", lambda: self._parts.book.leave_unclear(mail), lambda _none: self._look())

    # ---- looking

    def _heard(self, appointments: Sequence[str]) -> None:
        if self.id in appointments:
            self._look()

    def _look(self) -> None:
        """Read anew; what changes while it is read is read once more."""
        self._look_again = self._looking
        if not self._looking:
            self._looking = True
            self._parts.tasks.start("appointment.look", self._read())

    async def _read(self) -> None:
        try:
            found = await self._parts.book.find(self.id)
            mails = await self._parts.book.mails(self.id) if found is not None else ()
        except (BookError, StoreError) as error:
            self._parts.messages.tell(error.key, **error.values)
            return
        finally:
            self._looking = False
        if not self._open:
            return
        if self._look_again:
            self._look()
        elif found is None:
            self.gone.emit()
        else:
            self.mails = mails
            self.loaded = True
            self._show(found)

    def _show(self, appointment: Appointment) -> None:
        if appointment.revision >= self.appointment.revision:
            self.appointment = appointment
        self.changed.emit()
