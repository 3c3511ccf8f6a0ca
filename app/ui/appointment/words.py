"""Appointments in plain words: when, who, where it stands, what is known of the technology. Imports no Qt but signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.domain.appointments import ZONE, Appointment, Stage, Way
from app.domain.deputy import is_handed_over
from app.domain.mails import Mail, MailState
from app.domain.outcome import OutcomeKind
from app.domain.readiness import Check, Light, Readiness, Wish
from app.services.appointments.post import needs_a_person
from app.texts import Texts
from app.ui.appointment.signs import Sign
from app.ui.quiet import Quiet
from app.ui.wording import Wording

STEPS = ("link", "agreement", "permission", "preview", "waiting", "room")
"""How far a client's page can get (PROTOCOL.md, section 10)."""
DEVICE_REASONS = ("denied", "blocked", "missing", "busy", "ended", "silent", "interrupted", "in-app", "unsupported")
REASONS = (*DEVICE_REASONS, "no-network", "stuck", "room-full", "not-ready", "unknown")
"""What can have been in the way (PROTOCOL.md, section 10); every other name is shown as `unknown`."""

_MAIL_SIGNS = {
    MailState.WAITING: Sign.ON_THE_WAY,
    MailState.SENDING: Sign.ON_THE_WAY,
    MailState.ACCEPTED: Sign.GIVEN,
    MailState.REFUSED: Sign.BAD,
    MailState.UNCLEAR: Sign.WEAK,
    MailState.WITHDRAWN: Sign.GIVEN,
    MailState.LATE: Sign.WEAK,
    MailState.RETURNED: Sign.BAD,
}
_CHECK_SIGNS = {Check.UNKNOWN: Sign.OPEN, Check.OK: Sign.GOOD, Check.WEAK: Sign.WEAK, Check.FAILED: Sign.BAD}
_LIGHT_SIGNS = {Light.UNKNOWN: Sign.OPEN, Light.GREEN: Sign.GOOD, Light.YELLOW: Sign.WEAK, Light.RED: Sign.BAD}


@dataclass(frozen=True, slots=True)
class Told:
    """A state as a person sees and reads it."""

    sign: Sign
    text: str


class AppointmentWords:
    """Speaks one language. While somebody else looks at the screen it names nobody."""

    def __init__(self, texts: Texts, quiet: Quiet) -> None:
        self._texts = texts
        self._quiet = quiet
        self._wording = Wording(texts)

    # ---- when and who

    def time(self, unix: int) -> str:
        return self._wording.time(unix)

    def date(self, unix: int) -> str:
        """With its weekday, for instance Dienstag, 24. November 2026."""
        return self._wording.day(unix)

    def short_date(self, unix: int) -> str:
        """For instance Di., 24.11."""
        return str(format_date(datetime.fromtimestamp(unix, ZoneInfo(ZONE)).date(), "EEE, dd.MM.", locale=self._texts.language))

    def when(self, starts_at: int, minutes: int) -> str:
        """Day, start and end in one line."""
        start, end = self.time(starts_at), self.time(starts_at + minutes * 60)
        return self._texts("app.sheet.when", day=self.date(starts_at), start=start, end=end)

    def moment(self, unix: int, now: int) -> str:
        """The time, with its day unless that is today."""
        same = self._wording.day(unix) == self._wording.day(now)
        return self._texts("app.sheet.at-time" if same else "app.sheet.at-day", day=self.short_date(unix), time=self.time(unix))

    def name(self, appointment: Appointment) -> str:
        """The client's name, or what stands in for it."""
        if self._quiet.hides_names:
            return self._texts("app.sheet.hidden")
        return appointment.client.name or self._texts("app.sheet.nameless")

    # ---- where it stands

    def stage(self, appointment: Appointment) -> Told:
        """In one short sentence."""
        if appointment.outcome is not None:
            return Told(Sign.GIVEN, self.outcome(appointment.outcome.kind))
        if is_handed_over(appointment):
            return Told(Sign.GIVEN, self._texts("app.team.handed-over"))
        if appointment.way is not Way.VIDEO and not appointment.stage.is_over:
            return Told(Sign.OPEN, self._texts(f"app.sheet.way.is.{appointment.way.value}"))
        signs = {Stage.NOTED: Sign.OPEN, Stage.CANCELLED: Sign.GIVEN, Stage.CLOSED: Sign.GIVEN}
        sign = signs.get(appointment.stage, Sign.ON_THE_WAY)
        return Told(sign, self._texts(f"app.sheet.stage.{appointment.stage.value}"))

    def outcome(self, kind: OutcomeKind) -> str:
        return self._texts(f"app.outcome.kind.{kind.value}")

    def light(self, readiness: Readiness) -> Told:
        """The one look at the client's technology."""
        return Told(_LIGHT_SIGNS[readiness.light], self._texts(f"app.sheet.light.{readiness.light.value}"))

    def opened(self, readiness: Readiness, now: int) -> Told:
        """Whether a person has opened the link."""
        if readiness.opened_at is None:
            return Told(Sign.OPEN, self._texts("app.sheet.opened.no"))
        return Told(Sign.GOOD, self._texts("app.sheet.opened.yes", moment=self.moment(readiness.opened_at, now)))

    def camera(self, readiness: Readiness) -> Told:
        return Told(_CHECK_SIGNS[readiness.camera], self._texts(f"app.sheet.camera.{readiness.camera.value}"))

    def network(self, readiness: Readiness) -> Told:
        return Told(_CHECK_SIGNS[readiness.network], self._texts(f"app.sheet.network.{readiness.network.value}"))

    def sound(self, readiness: Readiness) -> Told:
        """Microphone and loudspeaker: the one that gives trouble is named."""
        worst = max((readiness.microphone, readiness.loudspeaker), key=_TROUBLE.index)
        if worst in (Check.OK, Check.UNKNOWN):
            return Told(_CHECK_SIGNS[worst], self._texts(f"app.sheet.sound.{worst.value}"))
        if readiness.microphone is worst:
            return Told(_CHECK_SIGNS[worst], self._texts(f"app.sheet.microphone.{worst.value}"))
        return Told(_CHECK_SIGNS[worst], self._texts(f"app.sheet.loudspeaker.{worst.value}"))

    def wish(self, wish: Wish) -> str:
        return self._texts(f"app.sheet.wish.{wish.value}")

    # ---- mails

    def mail(self, mail: Mail, now: int) -> Told:
        """Where it stands. What the recipient's server did with it is never claimed."""
        told = self._texts(f"app.letter.state.{mail.state.value}", moment=self.moment(mail.changed_at or mail.due_at, now))
        if mail.state is MailState.WAITING and mail.due_at > now:
            told = self._texts("app.letter.state.planned", moment=self.moment(mail.due_at, now))
        elif mail.state is MailState.WAITING and mail.tries:
            told = self._texts("app.letter.state.tried", moment=self.moment(mail.next_try_at, now))
        return Told(_MAIL_SIGNS[mail.state], told)

    # ---- what was in the way

    def step(self, step: str) -> str:
        return self._texts(f"app.outcome.step.{step if step in STEPS else 'link'}")

    def reason(self, reason: str) -> str:
        return self._texts(f"app.outcome.reason.{reason if reason in REASONS else 'unknown'}")

    def why_call_again(self, appointment: Appointment, mails: Sequence[Mail]) -> str:
        """Everything because of which somebody is to be phoned again, in sentences."""
        readiness = appointment.readiness
        said = [self.wish(readiness.wish)] if readiness.wish is not None else []
        tested = (
            (readiness.camera, self.camera),
            (max((readiness.microphone, readiness.loudspeaker), key=_TROUBLE.index), self.sound),
            (readiness.network, self.network),
        )
        said += [say(readiness).text for check, say in tested if check is Check.FAILED]
        said += sorted({self._texts(f"app.sheet.again.mail.{mail.state.value}") for mail in mails if needs_a_person(mail)})
        return " ".join(said)


_TROUBLE = (Check.OK, Check.UNKNOWN, Check.WEAK, Check.FAILED)
"""From what needs no word to what needs one most."""
