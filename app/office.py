"""Composes what the window needs of the appointments: the plan of their store and mails, and the parts of the rarer chores.

A part of the composition root (`app.application`); imports `app.services` and `app.ui`. What a start does not need is loaded later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import RESOURCES
from app.services.agency.answer_page import AnswerPage
from app.services.agency.browser import open_browser
from app.services.appointing import Appointing, Office, StoreDialogs
from app.services.appointments.ports import AppointmentBook
from app.services.appointments.running import AppointmentsPlan
from app.services.clock import LoopClock
from app.services.exchange.feed_settings import NAMES_LOCKED
from app.services.host import Services
from app.services.keys import KeyStore
from app.services.policy import Policy
from app.services.profile import Profile, Settings
from app.services.training.starting import start_training
from app.texts import Texts
from app.ui.agency.parts import AgencyPlan
from app.ui.appointment.model import AGREEMENT_VERSION
from app.ui.chores import ChoresParts
from app.ui.messages import Messages

if TYPE_CHECKING:
    from app.services.diagnostics import Diagnostics, Seen
    from app.services.evaluation.site import SiteEvaluation
    from app.services.exchange.feed_file import CalendarFeed
    from app.ui.settings.choices import Chosen

Invent = Callable[[AppointmentsPlan], AppointmentsPlan]
"""Puts what is invented into the place of what is real."""


class WindowsOffice:
    """One for each run of the program."""

    def __init__(self, texts: Texts, demonstration: bool, policy: Policy | None = None, invent: Invent | None = None) -> None:
        """`invent` changes the plan in training."""
        self._texts = texts
        self._invent = invent
        self._train = start_training if invent is None else None
        self._office = Office(texts, AGREEMENT_VERSION, self._dialogs, RESOURCES, demonstration, policy or {})
        self._appointing: Appointing | None = None
        self._feed: CalendarFeed | None = None

    def _dialogs(self) -> StoreDialogs:
        from app.ui.store.start import StoreStart

        return StoreStart(self._texts)

    def plan(self, profile: Profile, settings: Settings, keys: KeyStore) -> AppointmentsPlan:
        """See `app.services.host.MakePlan`."""
        self._appointing = Appointing(self._office, profile, settings, keys)
        plan = self._appointing.plan()
        return plan if self._invent is None else self._invent(plan)

    @cached_property
    def appointing(self) -> Appointing:
        """After `plan`."""
        if self._appointing is None:
            raise RuntimeError("no appointments were planned")
        return self._appointing

    def chores(self, services: Services, profile: Profile, seen: Callable[[], Seen]) -> ChoresParts:
        """For the main window; `seen` is what only the running program knows."""
        running, of = services.appointments, self.appointing
        if running is None:
            raise RuntimeError("no appointments were planned")
        team = None if services.settings.team is None else lambda: running.team
        return ChoresParts(
            lambda: self.feed(services),
            of.care_of(running.store),
            of.mail_way,
            of.mail_texts,
            team,
            self._train,
            lambda: self.evaluation(services),
            None if self._invent is not None else _agency(services, self._texts),
            lambda: self._diagnostics(profile, seen()),
            lambda: self._chosen(services),
            lambda changes: services.keeper.change(**changes),
        )

    def _diagnostics(self, profile: Profile, seen: Seen) -> Diagnostics:
        from app.services.diagnostics import Diagnostics

        return Diagnostics(profile, self._office.policy, seen)

    def _chosen(self, services: Services) -> Chosen:
        """Read anew: windows may have changed it since the start."""
        from app.services.policies import prescribe
        from app.ui.settings.choices import Chosen

        own = services.keeper.now()
        found = prescribe(own, self._office.policy)
        at_work = services.agency.choice
        return Chosen(own, at_work.over(found.settings), found.locked | at_work.said_by_server)

    def evaluation(self, services: Services) -> SiteEvaluation:
        """Of the site whose server this program talks to."""
        from app.services.evaluation.site import SiteEvaluation
        from app.services.evaluation.site_settings import prescribed

        settings, policy = services.settings, self._office.policy
        clock = LoopClock(asyncio.get_running_loop())
        return SiteEvaluation(
            services.link,
            lambda: services.link.target,
            lambda: prescribed(settings.evaluation, policy),
            settings.site,
            clock,
            invented=self._office.demonstration,
        )

    def feed(self, services: Services) -> CalendarFeed:
        """The calendar file for Outlook, from its first use on."""
        if self._feed is None:
            from app.services.exchange.feed_file import CalendarFeed

            clock = LoopClock(asyncio.get_running_loop())
            keep = services.keeper
            names_allowed = not self._office.policy.get(NAMES_LOCKED)
            chosen = services.settings.feed
            self._feed = CalendarFeed(
                book_of(services), clock, services.tasks, self._texts, chosen, lambda fresh: keep.change(feed=fresh), names_allowed
            )
            self._feed.open()
        return self._feed

    def tell_of_mails(self, messages: Messages) -> None:
        """What is wrong with the settings of mails, and from now on with the mail server as a whole."""
        refused = self.appointing.refused
        if refused is not None:
            messages.tell(refused.key, **refused.values)
        self.appointing.troubled.subscribe(lambda trouble: messages.tell(trouble.key))

    def open_feed(self, services: Services) -> None:
        """Where a person switched it on."""
        if services.settings.feed.file is not None:
            self.feed(services)

    async def restore(self, backup: Path) -> None:
        """When the services have ended. Raises StoreError."""
        await self.appointing.restore(backup)

    def close(self) -> None:
        """Before the services end."""
        if self._feed is not None:
            self._feed.close()


def _agency(services: Services, texts: Texts) -> AgencyPlan:
    """What the windows of the agency's server ask of the running program."""
    desk = services.desk
    return AgencyPlan(
        services.agency,
        links_given=lambda: not desk.only_demonstration,
        talking=lambda: any(desk.session(room.room) is not None for room in desk.rooms),
        sign_in=services.agency.sign_in(open_browser, AnswerPage(texts)),
    )


def book_of(services: Services) -> AppointmentBook:
    """The book that was planned."""
    if services.book is None:
        raise RuntimeError("no appointments were planned")
    return services.book
