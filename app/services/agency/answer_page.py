"""The page that a person's browser shows after a sign-in: whole sentences, in their language, and nothing else. Imports the texts only."""

from __future__ import annotations

from html import escape

from app.texts import Texts

_STYLE = "body{font:1.25rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;color-scheme:light dark}"


class AnswerPage:
    """Call it with True when the answer has arrived, with False for whatever else was asked for."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def __call__(self, arrived: bool) -> str:
        title = self._texts("app.signin.page.title" if arrived else "app.signin.page.stray.title")
        more = self._texts("app.signin.page.more" if arrived else "app.signin.page.stray.more")
        language = escape(self._texts.language)
        return (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
            f"<body><main><h1>{escape(title)}</h1><p>{escape(more)}</p></main></body></html>"
        )
