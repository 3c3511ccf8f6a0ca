"""What the outbox does to a mail in the store: claim it, write down what became of it. Runs on the store's thread; no sockets.

The mail is claimed right before DATA, so that one found in SENDING after a crash is one of which nobody knows whether it went out.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.mails import Mail, MailState
from app.services.appointments.ports import AppointmentStore
from app.services.appointments.post import TELLS_OF_THE_LINK, is_wanted, what_mails_say
from app.services.mail.server import Answer, Answered

PAUSES_S = (60, 120, 300, 600, 1200, 1800, 3600)
"""Before the next try, by the number of tries so far; the last one for all that follow, for days."""

_STATES = {Answered.ACCEPTED: MailState.ACCEPTED, Answered.REFUSED: MailState.REFUSED, Answered.UNCLEAR: MailState.UNCLEAR}
_FAR = 2**40
"""Unix seconds; later than every mail."""


def pause_s(tries: int) -> int:
    """After so many tries (1 or more)."""
    return PAUSES_S[min(max(tries, 1), len(PAUSES_S)) - 1]


def weeded_out(store: AppointmentStore, mail: Mail, now: int) -> bool:
    """Whether the mail is not to go out at all: it is of no use any more, or its appointment is not what it says. Then that is stored."""
    if mail.useless_at is not None and now >= mail.useless_at:
        return store.move_mail(replace(mail, state=MailState.LATE, message=b"", changed_at=now), MailState.WAITING)
    if not is_wanted(mail, store.find(mail.appointment)):
        return store.move_mail(replace(mail, state=MailState.WITHDRAWN, message=b"", changed_at=now), MailState.WAITING)
    return False


def claimed(store: AppointmentStore, mail: Mail, now: int) -> tuple[object, ...] | None:
    """Take the mail for sending; gives what the appointment's mails say now. None if it is not to go out (any more)."""
    if store.find_mail(mail.id) != mail or weeded_out(store, mail, now):
        return None
    appointment = store.find(mail.appointment)
    sending = replace(mail, state=MailState.SENDING, tries=mail.tries + 1, changed_at=now)
    if appointment is None or not store.move_mail(sending, MailState.WAITING):
        return None
    return what_mails_say(appointment)


def settled(store: AppointmentStore, mail: Mail, said: tuple[object, ...] | None, answer: Answer, pause: int, now: int) -> bool:
    """Write down what became of a try. `said` is what `claimed` gave, None where the server answered before it was asked for. False
    where the mail is not there any more, or was withdrawn meanwhile."""
    tried = replace(mail, tries=mail.tries + 1, reply=answer.reply, changed_at=now)
    if answer.answered is Answered.LATER:
        state = MailState.WAITING if said is None else _after_delay(store, mail, said)
        tried = replace(tried, state=state, next_try_at=now + pause)
    else:
        tried = replace(tried, state=_STATES[answer.answered])
    if tried.state in (MailState.ACCEPTED, MailState.WITHDRAWN):
        tried = replace(tried, message=b"")
    return store.move_mail(tried, MailState.WAITING if said is None else MailState.SENDING)


def found_stuck(store: AppointmentStore, now: int) -> list[str]:
    """After a crash: nobody knows whether these went out. Gives their appointments."""
    stuck = store.stuck_mails()
    for mail in stuck:
        store.move_mail(replace(mail, state=MailState.UNCLEAR, changed_at=now), MailState.SENDING)
    return [mail.appointment for mail in stuck]


def put_back_in_time(store: AppointmentStore, now: int) -> None:
    """A clock that was wrong may have put a next try years ahead: nothing waits longer than the longest pause."""
    for mail in store.waiting_mails(_FAR):
        if mail.next_try_at > max(mail.due_at, now + PAUSES_S[-1]):
            store.move_mail(replace(mail, next_try_at=now), MailState.WAITING)


def _after_delay(store: AppointmentStore, mail: Mail, said: tuple[object, ...]) -> MailState:
    """The server asked for another try after it had seen the mail; meanwhile the appointment may have changed, and the change did not
    see this mail among those that wait. What says nothing true any more is not sent; a person hears of it if the client knows nothing."""
    appointment = store.find(mail.appointment)
    if appointment is None or not is_wanted(mail, appointment):
        return MailState.WITHDRAWN
    if what_mails_say(appointment) == said:
        return MailState.WAITING
    others = [other for other in store.mails_of(mail.appointment) if other.id != mail.id and other.changed_at >= mail.changed_at]
    replaced = mail.kind.is_reminder or any(o.kind in TELLS_OF_THE_LINK and o.state is not MailState.WITHDRAWN for o in others)
    return MailState.WITHDRAWN if replaced else MailState.REFUSED
