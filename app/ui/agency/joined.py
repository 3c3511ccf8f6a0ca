"""The feeling of success: where this workstation belongs now, and when the program changes over. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.services.agency.settings import AgencyServer
from app.ui.agency.parts import AgencyParts
from app.ui.appointment.cards import Line, framed
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.parts import label
from app.ui.store.asking import AskingDialog


class JoinedDialog(AskingDialog):
    """Accepted: change over now."""

    def __init__(self, parent: QWidget, parts: AgencyParts, server: AgencyServer) -> None:
        texts = parts.texts
        title = texts("app.agency.joined.title")
        super().__init__(parent, texts, title, texts("app.agency.joined.talk" if parts.plan.talking() else "app.agency.joined.more"))
        where = Line(parts.theme, rank="large")
        where.tell(Told(Sign.GOOD, texts("app.agency.joined.where", label=server.label)))
        self.body.addWidget(framed("spoken", where, label(texts("app.agency.joined.site", site=server.site))))
        if parts.plan.talking():
            self.add_answers(texts("app.agency.status.close"), texts("app.agency.joined.now"))
            self.go_on.hide()
        else:
            self.add_answers(texts("app.agency.joined.later"), texts("app.agency.joined.now"))
            self.go_on.setFocus()
