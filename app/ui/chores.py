"""What is done now and then, in one menu: checks, calendar files, tables, backup, recovery key, mails. Imports Qt and `app.ui` only.

The windows behind it are loaded when somebody asks for them; the program starts without them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.services.mail.way import MailWay
from app.ui.appointment.parts import AppointmentParts

if TYPE_CHECKING:
    from app.services.diagnostics import Diagnostics
    from app.services.evaluation.site import SiteEvaluation
    from app.services.exchange.feed_file import CalendarFeed
    from app.services.mail.template_folder import TemplateFolder
    from app.services.store.care import StoreCare
    from app.services.team.team import Team
    from app.ui.agency.parts import AgencyPlan
    from app.ui.agency.windows import AgencyWindows
    from app.ui.device_check.door import CheckDoor
    from app.ui.exchange.windows import ExchangeWindows
    from app.ui.settings.choices import Chosen
    from app.ui.store.windows import StoreWindows
    from app.ui.team.windows import TeamWindows


@dataclass(frozen=True, slots=True)
class ChoresParts:
    """What they work on; all of it is asked for when it is needed."""

    feed: Callable[[], CalendarFeed]
    care: StoreCare
    mail: Callable[[], MailWay]
    mail_texts: Callable[[], TemplateFolder]
    team: Callable[[], Team | None] | None = None
    """None where IT has set up no team; otherwise the team once it is open."""
    train: Callable[[], object] | None = None
    """Starts the training beside this program; None in the training itself."""
    evaluation: Callable[[], SiteEvaluation] | None = None
    agency: AgencyPlan | None = None
    """None in training: there the program has its own server."""
    diagnostics: Callable[[], Diagnostics] | None = None
    settings: Callable[[], Chosen] | None = None
    """As they stand now; None where nothing is to be chosen."""
    keep: Callable[[Mapping[str, Any]], None] | None = None
    """Takes what a person changed in them."""


class Chores(QObject):
    """One for the program. `menu` is put where a person finds it."""

    taken_over = Signal(str)
    """Id of an appointment that stands in our calendar now."""
    settings_kept = Signal(object)
    """Field of `Settings` -> its new value, for those that a person changed."""
    restore_wanted = Signal(object)
    """The `Path` of a backup that is to take the store's place; the program must end its services for that."""
    changed_over = Signal()
    """Another server is to be worked with; the program must begin its services anew for that."""

    def __init__(self, main: QWidget, appointments: AppointmentParts, parts: ChoresParts, check: CheckDoor | None = None) -> None:
        """Without `check` no device check is offered."""
        super().__init__(main)
        self._main = main
        self._appointments = appointments
        self._parts = parts
        self._exchange: ExchangeWindows | None = None
        self._store: StoreWindows | None = None
        self._team: TeamWindows | None = None
        self._agency: AgencyWindows | None = None
        texts = appointments.texts
        self.menu = QMenu(main)
        self.menu.setAccessibleName(texts("app.chores"))
        team: dict[str, Callable[[], object]] = {}
        if parts.team is not None:
            team = {"app.chores.stand-in": self.stand_in, "app.chores.team": self.show_team}
        checks: dict[str, Callable[[], object]] = {}
        if check is not None:
            checks = {"app.wizard.menu": check.full, "app.wizard.brief.menu": check.brief}
        train: dict[str, Callable[[], object]] = {} if parts.train is None else {"app.training.menu": parts.train}
        evaluation: dict[str, Callable[[], object]] = {}
        if parts.evaluation is not None:
            evaluation = {"app.takeup.menu.figures": self.show_figures, "app.takeup.menu.export": self.export_figures}
        agency: dict[str, Callable[[], object]] = {} if parts.agency is None else {"app.agency.menu": self.show_agency}
        own: dict[str, Callable[[], object]] = {}
        if parts.settings is not None:
            own["app.chores.settings"] = self.show_settings
        if parts.diagnostics is not None:
            own["app.chores.diagnostics"] = self.show_diagnostics
        groups: Sequence[dict[str, Callable[[], object]]] = (
            checks,
            team,
            {"app.chores.take-over": self.take_over, "app.chores.feed": self.show_feed, "app.chores.table": self.save_table},
            {"app.chores.back-up": self.back_up, "app.chores.restore": self.restore, "app.chores.recovery-key": self.renew_key},
            {**agency, "app.chores.mail": self.show_mail, "app.chores.mail-texts": self.show_mail_texts},
            train,
            evaluation,
            own,
        )
        for group in groups:
            self.menu.addSeparator()
            for key, act in group.items():
                self.menu.addAction(texts(key)).triggered.connect(lambda _checked=False, act=act: act())

    # ---- the team

    def team_opened(self) -> None:
        """From now on what deputies did is told, whichever window is open."""
        if self._team is None and self._parts.team is not None and (team := self._parts.team()) is not None:
            from app.ui.team.parts import TeamParts
            from app.ui.team.windows import TeamWindows

            of = self._appointments
            parts = TeamParts(team, of.book, of.tasks, of.messages, of.texts, of.theme, of.quiet, of.clock)
            self._team = TeamWindows(self._main, parts)
            self._team.taken_over.connect(self.taken_over)

    def stand_in(self) -> None:
        """A colleague's day."""
        if self._team is None:
            self._appointments.messages.tell("app.chores.no-team")
        else:
            self._team.stand_in()

    def show_team(self) -> None:
        """Who belongs to it."""
        if self._team is None:
            self._appointments.messages.tell("app.chores.no-team")
        else:
            self._team.members()

    # ---- calendar files and tables

    def take_over(self) -> None:
        """Appointments from a calendar file."""
        self._exchange_windows.take_over()

    def show_feed(self) -> None:
        """The file for Outlook."""
        self._exchange_windows.feed()

    def save_table(self) -> None:
        """A span as CSV."""
        self._exchange_windows.table()

    # ---- the store

    def back_up(self) -> None:
        """Into one file."""
        self._store_windows.back_up()

    def restore(self) -> None:
        """From such a file."""
        self._store_windows.restore()

    def renew_key(self) -> None:
        """A recovery key that IT can keep."""
        self._store_windows.new_recovery_key()

    @property
    def _exchange_windows(self) -> ExchangeWindows:
        if self._exchange is None:
            from app.ui.exchange.windows import ExchangeWindows

            self._exchange = ExchangeWindows(self._main, self._appointments, self._parts.feed())
        return self._exchange

    @property
    def _store_windows(self) -> StoreWindows:
        if self._store is None:
            from app.ui.store.windows import StoreWindows

            self._store = StoreWindows(self._main, self._appointments, self._parts.care)
            self._store.restore_wanted.connect(self.restore_wanted)
        return self._store

    def show_mail(self) -> None:
        """The way to the agency's mail server, and its test."""
        from app.ui.settings.mail_window import show_mail_way

        show_mail_way(self._main, self._appointments, self._parts.mail())

    def show_mail_texts(self) -> None:
        """What mails and letters say, and which of the agency's own texts cannot be used."""
        from app.ui.settings.mail_texts_window import show_mail_texts

        show_mail_texts(self._main, self._appointments, self._parts.mail_texts())

    # ---- the agency's server

    def show_agency(self) -> None:
        """How this workstation stands with it, or the way there."""
        if self._agency_windows is not None:
            self._agency_windows.show()

    def connect_workstation(self) -> None:
        """Where a policy names a server at which this workstation is not enrolled yet."""
        if self._agency_windows is not None:
            self._agency_windows.connect_workstation()

    @property
    def _agency_windows(self) -> AgencyWindows | None:
        if self._agency is None and self._parts.agency is not None:
            from app.ui.agency.parts import AgencyParts
            from app.ui.agency.windows import AgencyWindows

            of = self._appointments
            self._agency = AgencyWindows(self._main, AgencyParts(self._parts.agency, of.tasks, of.messages, of.texts, of.theme))
            self._agency.changed_over.connect(self.changed_over)
        return self._agency

    def show_settings(self) -> None:
        """What a person chooses about the program, and what is locked."""
        from app.ui.settings.window import show_settings

        if self._parts.settings is not None and self._parts.keep is not None:
            show_settings(self._main, self._appointments.texts, self._parts.settings(), self._keep)

    def show_diagnostics(self) -> None:
        """What IT needs when something goes wrong."""
        from app.ui.settings.diagnostics import show_diagnostics

        if self._parts.diagnostics is not None:
            show_diagnostics(self._main, self._appointments, self._parts.diagnostics())

    def _keep(self, changes: Mapping[str, Any]) -> None:
        if changes and self._parts.keep is not None:
            self._parts.keep(changes)
            self.settings_kept.emit(changes)
            self._appointments.messages.tell("app.settings.kept")

    # ---- the evaluation

    def show_figures(self) -> None:
        """What the site's clients said."""
        from app.ui.evaluation.window import show_figures

        if self._parts.evaluation is not None:
            show_figures(self._main, self._appointments, self._parts.evaluation())

    def export_figures(self) -> None:
        """A quarter's counts for the head office."""
        from app.ui.evaluation.export import show_export

        if self._parts.evaluation is not None:
            show_export(self._main, self._appointments, self._parts.evaluation())

    def close(self) -> None:
        """What runs goes on to its end; nothing is shown any more."""
        if self._store is not None:
            self._store.close()
        if self._team is not None:
            self._team.close()
