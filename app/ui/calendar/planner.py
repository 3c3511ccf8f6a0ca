"""Holds the one plan that is being made, says it in words, and turns it into a wish. Imports Qt and `app.ui` only."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QObject, Signal

from app.domain.appointments import Appointment
from app.ui.announce import announce
from app.ui.calendar.plan import Plan, plan_of
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.wants import Wants
from app.ui.calendar.words import CalendarWords


class Planner(QObject):
    """One for the calendar."""

    told = Signal(str)
    """The plan in words, whenever it changes; empty when there is none any more."""

    def __init__(self, view_model: CalendarViewModel, words: CalendarWords, wants: Wants) -> None:
        super().__init__()
        self._view_model = view_model
        self._words = words
        self._wants = wants
        self._plan: Plan | None = None

    @property
    def plan(self) -> Plan | None:
        """The change that is being made."""
        return self._plan

    def set(self, plan: Plan) -> None:
        """Make this the plan."""
        if plan != self._plan:
            self._plan = plan
            self.told.emit(self._words.planned(plan.day(self._view_model.zone), plan.start, plan.end))

    def drop(self) -> bool:
        """Leave everything as it is; False if nothing was planned."""
        if self._plan is None:
            return False
        self._plan = None
        self.told.emit("")
        return True

    def take(self) -> bool:
        """Wish for what was planned; False if nothing was."""
        plan = self._plan
        self.drop()
        if plan is None:
            return False
        if plan.appointment is None:
            self._wants.new_wanted.emit(plan.start, plan.minutes)
        elif plan.changes:
            self._wants.move_wanted.emit(plan.appointment, plan.start, plan.minutes)
        return True

    def move(self, chosen: Appointment | None, across: int, down: int) -> Plan | None:
        """Go on with the plan, or begin one for `chosen`: so many days on, so many quarters of an hour later. Gives the plan, if any."""
        plan = self._begun(chosen)
        if plan is None:
            return None
        if across:
            plan = plan.on(self._view_model.day_beside(plan.day(self._view_model.zone), across), self._view_model.zone)
        plan = plan.later(down) if down else plan
        self._bring_into_sight(plan)
        return self._say(plan)

    def carry(self, chosen: Appointment | None, days: int) -> Plan | None:
        """Go on with the plan, or begin one for `chosen`: at the same time so many days on, weekends included."""
        plan = self._begun(chosen)
        if plan is None:
            return None
        zone = self._view_model.zone
        plan = plan.on(plan.day(zone) + timedelta(days), zone)
        self._bring_into_sight(plan)
        return self._say(plan)

    def stretch(self, chosen: Appointment | None, steps: int) -> Plan | None:
        """So many quarters of an hour longer."""
        plan = self._begun(chosen)
        return None if plan is None else self._say(plan.longer(steps))

    def _begun(self, chosen: Appointment | None) -> Plan | None:
        if self._plan is not None:
            return self._plan
        return plan_of(chosen) if chosen is not None and not chosen.stage.is_over else None

    def _bring_into_sight(self, plan: Plan) -> None:
        day = plan.day(self._view_model.zone)
        if day not in self._view_model.days:
            self._view_model.show(self._view_model.mode, day)

    def _say(self, plan: Plan) -> Plan:
        self.set(plan)
        announce(self, self._words.planned(plan.day(self._view_model.zone), plan.start, plan.end))
        return plan
