"""One text of a mail as it would go out: standing, subject, HTML, plain text. Loads nothing. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from app.services.mail.template_folder import Standing, TemplateLook
from app.texts import Texts
from app.ui.appointment.cards import Line
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.parts import label
from app.ui.theme import Theme

_SIGNS = {Standing.OWN: Sign.OPEN, Standing.AGENCY: Sign.GOOD, Standing.HELD_BACK: Sign.WEAK, Standing.REFUSED: Sign.BAD}


class MailHtml(QTextBrowser):
    """Shows what it is given. Follows no link and fetches no picture, style or page, whatever stands in it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("kind", "mail")
        self.setAccessibleName(name)
        self.document().setDefaultStyleSheet("a { color: #0b5563; }")  # on white in every theme, as in most mail programs
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)

    def loadResource(self, _type: int, _name: QUrl | str) -> object:
        return None


class MailTextView(QWidget):
    """The right half of the window."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.state = Line(theme)
        self.subject = label("", "strong")
        self.plain = QPlainTextEdit()
        self.plain.setReadOnly(True)
        self.plain.setTabChangesFocus(True)
        self.plain.setAccessibleName(texts("app.mailtexts.tab.plain"))
        self.html = MailHtml(texts("app.mailtexts.tab.html"))
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(texts("app.mailtexts.list"))
        self.tabs.addTab(self.html, texts("app.mailtexts.tab.html"))
        self.tabs.addTab(self.plain, texts("app.mailtexts.tab.plain"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for each in (self.state, self.subject):
            column.addWidget(each)
        column.addWidget(self.tabs, 1)

    def show_text(self, look: TemplateLook, configured: bool) -> None:
        """`configured`: of the folder whose texts go out."""
        self.state.tell(Told(_SIGNS[look.standing], self._about(look, configured)))
        preview = look.preview
        subject = preview.subject if preview is not None else ""
        self.subject.setText(self._texts("app.mailtexts.subject", subject=subject) if subject else "")
        self.subject.setVisible(bool(subject))
        self.plain.setPlainText(preview.plain if preview is not None else "")
        html = preview.html if preview is not None else ""
        self.html.setHtml(html)
        self.tabs.setTabVisible(self.tabs.indexOf(self.html), bool(html))
        self.tabs.setVisible(preview is not None)

    def _about(self, look: TemplateLook, configured: bool) -> str:
        texts, refused = self._texts, look.refused
        if refused is not None:
            instead = texts("app.mailtexts.said.instead") if look.preview is not None and not look.is_part else ""
            return f"{texts(refused.key, **refused.values)} {instead}".strip()
        if look.is_part:
            return texts("app.mailtexts.said.part")
        if look.standing is not Standing.OWN and not configured:
            return texts("app.mailtexts.said.looked-at")
        return texts(f"app.mailtexts.said.{look.standing.value}")
