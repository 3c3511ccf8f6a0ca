"""The book's part for the invitation: giving the link out, telling of changes, calling off. No Qt, no SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from app.domain.appointments import Appointment, Stage, Way
from app.domain.mails import Mail, MailKind, MailState
from app.domain.outcome import Outcome, OutcomeKind
from app.services.appointments.ground import Change, Ground, there
from app.services.appointments.lock import NO_LINKS
from app.services.appointments.ports import AppointmentStore, BookError, Preview, Tell
from app.services.appointments.post import invited_already, may_know, says_the_same, with_address
from app.services.appointments.stages import called_off, moved, still_open

T = TypeVar("T")

MAY_GO_AGAIN = frozenset({MailState.UNCLEAR, MailState.REFUSED, MailState.RETURNED})


class Invitation(Ground):
    """See `app.services.appointments.ports.AppointmentBook`."""

    @property
    def invite_locked(self) -> str:
        lock = self._rules.lock()
        return "" if lock is None else lock.key

    @property
    def invite_lock_values(self) -> dict[str, str]:
        lock = self._rules.lock()
        return {} if lock is None else dict(lock.values)

    def link(self, appointment: Appointment) -> str:
        return self._post.link(appointment)

    async def preview(self, appointment: str, kind: MailKind) -> Preview:
        return await self._written(appointment, lambda found: self._post.writer.preview(kind, found, self._post.link(found)))

    async def letter(self, appointment: str) -> bytes:
        if self.invite_locked in NO_LINKS:
            self._refuse_while_locked()
        return await self._written(appointment, lambda found: self._post.writer.letter(self._given_out(found), self._post.link(found)))

    async def copy_text(self, appointment: str) -> str:
        return await self._written(appointment, lambda found: self._post.writer.copy_text(self._given_out(found), self._post.link(found)))

    async def invite(self, appointment: str) -> Appointment:
        self._refuse_while_locked()
        now = self._clock.unix()

        def step(found: Appointment, mails: Sequence[Mail]) -> Change:
            with_address(self._given_out(found))
            if invited_already(found, mails) is not None:
                raise BookError("app.appointment.invited-already")
            invited = replace(_as_invited(found), sequence=found.sequence + 1)
            return Change(appointment=invited, drops_mails=True, mails=self._post.with_reminders(MailKind.INVITATION, invited, now))

        return await self._change(appointment, step)

    async def handed_over(self, appointment: str) -> Appointment:
        return await self._change(appointment, lambda found, _: Change(appointment=_as_invited(self._given_out(found))))

    async def send_again(self, mail: str) -> None:
        now = self._clock.unix()
        appointment = await self._store.run(lambda store: self._sent_again(store, mail, now))
        self.changed.announce([appointment])

    async def leave_unclear(self, mail: str) -> None:
        now = self._clock.unix()
        appointment = await self._store.run(lambda store: _left(store, mail, now))
        self.changed.announce([appointment])

    async def cancel(self, appointment: str, by_client: bool, tell: Tell) -> Appointment:
        now = self._clock.unix()
        kind = OutcomeKind.CANCELLED_BY_CLIENT if by_client else OutcomeKind.CANCELLED_BY_US

        def step(found: Appointment, mails: Sequence[Mail]) -> Change:
            gone = called_off(found, Outcome(kind=kind, decided_at=now))
            told = tell is Tell.MAIL and may_know(found, mails)
            letters = (self._post.mail(MailKind.CANCELLED, with_address(gone), now),) if told else ()
            return Change(appointment=gone, drops_mails=True, mails=letters)

        return await self._change(appointment, step)

    # ---- inside

    def _given_out(self, appointment: Appointment) -> Appointment:
        """The appointment, if its link may be given to anybody. Raises BookError."""
        still_open(appointment)
        if appointment.way is not Way.VIDEO:
            raise BookError("app.appointment.not-by-video")
        if not appointment.agreed or appointment.access is None:
            raise BookError("app.appointment.no-agreement")
        if appointment.ends_at <= self._clock.unix():
            raise BookError("app.appointment.past")
        return appointment

    async def _written(self, appointment: str, write: Callable[[Appointment], T]) -> T:
        return await self._store.run(lambda store: write(there(store, appointment)))

    def _sent_again(self, store: AppointmentStore, mail: str, now: int) -> str:
        """Written anew, because the appointment may have changed; under the same Message-ID, so that nobody gets it twice."""
        old = _mail(store, mail)
        if old.state not in MAY_GO_AGAIN:
            raise BookError("app.appointment.mail-not-open")
        found = there(store, old.appointment)
        if any(mail.state.may_send and says_the_same(mail, old) for mail in store.mails_of(found.id)):
            raise BookError("app.appointment.mail-follows")
        if old.kind is MailKind.CANCELLED:
            if found.stage is not Stage.CANCELLED:
                raise BookError("app.appointment.mail-outdated")
        else:
            self._refuse_while_locked()
            self._given_out(found)
        fresh = self._post.mail(old.kind, with_address(found), now)
        again = replace(fresh, id=old.id, message_id=old.message_id, tries=old.tries, next_try_at=now, reply=old.reply, changed_at=now)
        if not store.move_mail(again, old.state):
            raise BookError("app.appointment.mail-not-open")
        return found.id


def _as_invited(appointment: Appointment) -> Appointment:
    """Whoever waits already goes on waiting."""
    return moved(appointment, Stage.INVITED) if appointment.stage is Stage.AGREED else appointment


def _mail(store: AppointmentStore, mail: str) -> Mail:
    found = store.find_mail(mail)
    if found is None:
        raise BookError("app.appointment.gone")
    return found


def _left(store: AppointmentStore, mail: str, now: int) -> str:
    old = _mail(store, mail)
    left = replace(old, state=MailState.WITHDRAWN, message=b"", changed_at=now)
    if old.state is not MailState.UNCLEAR or not store.move_mail(left, MailState.UNCLEAR):
        raise BookError("app.appointment.mail-not-open")
    return old.appointment
