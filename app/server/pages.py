"""The page's files and its texts. GET is static and without effect; what is posted stands in `api`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import brotli
import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.texts import languages as catalogue_languages
from app.texts import plain, read_part, read_plain
from app.words import WordListError, read_words

log = structlog.get_logger(__name__)

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
}
"""Files with another suffix are not served; the list does not depend on the machine, as `mimetypes` does."""
TRAINING = "training.js"
"""Of the folder `resources/training`: a drawn camera, which no page of an agency has."""
PACKED = 6
"""Brotli's quality (RFC 7932): a seventh smaller than gzip in the same time. The highest takes sixty times as long for another tenth."""
PAGES = {"/": "index.html", "/r": "r.html", "/info": "info.html"}


@dataclass(frozen=True, slots=True)
class Site:
    """What the page may show of the agency, and the ready-made JSON of its texts and word lists."""

    label: str
    phone: str
    texts: Mapping[str, bytes]
    """Language -> `/i18n/LANGUAGE.json`."""
    words: Mapping[str, bytes]
    """Language -> `/words/LANGUAGE.json`."""
    plain: Mapping[str, bytes] = field(default_factory=dict)
    """The same as `texts` for easier texts of these languages."""
    training: bool = False
    """Told to the page only where it is so."""

    @classmethod
    def load(cls, resources: Path, label: str, phone: str, languages: Sequence[str], training: bool = False) -> Site:
        """Read catalogues and word lists. Raises app.texts.CatalogueError."""
        chosen = list(languages) or catalogue_languages(resources / "i18n")
        texts = {language: msgspec.json.encode(read_part(resources / "i18n", language, "page")) for language in chosen}
        words = {language: _word_list(resources / "words" / f"{language}.txt") for language in chosen}
        easier = {tag: tag.partition("-")[0] for tag in plain(resources / "i18n")}
        simple = {tag: msgspec.json.encode(read_plain(resources / "i18n", tag, "page")) for tag, of in easier.items() if of in chosen}
        return cls(label, phone, texts, {language: list_ for language, list_ in words.items() if list_ is not None}, simple, training)


def _word_list(path: Path) -> bytes | None:
    """The words as a JSON list; None where there is no complete list."""
    if not path.is_file():
        return None
    try:
        return msgspec.json.encode(read_words(path))
    except WordListError as error:
        log.error("word-list-unusable", detail=str(error))
        return None


class Pages:
    """The HTTP routes of the public listener."""

    def __init__(self, site: Site, web: Path) -> None:
        self._site = site
        self._web = web.resolve()

    def routes(self) -> list[Route]:
        """All of them, each a GET."""
        pages = [Route(path, self._page) for path in PAGES]
        return [
            *pages,
            Route("/static/{path:path}", self._static),
            Route("/i18n/{language}.json", self._texts),
            Route("/words/{language}.json", self._words),
            Route("/site.json", self._site_card),
            Route("/healthz", healthz),
        ]

    # ---- files; plain functions, which Starlette runs in a thread

    def _page(self, request: Request) -> Response:
        response = self._file(request, PAGES[request.url.path])
        response.headers["cache-control"] = "no-store"
        return response

    def _static(self, request: Request) -> Response:
        name = request.path_params["path"]
        in_training = self._site.training and name == TRAINING
        return self._file(request, name, self._web.parent / "training" if in_training else self._web)

    def _file(self, request: Request, name: str, folder: Path | None = None) -> Response:
        folder = folder or self._web
        try:
            path = (folder / name).resolve()
        except (OSError, ValueError):
            return _missing()
        media_type = MEDIA_TYPES.get(path.suffix)
        if media_type is None or not path.is_relative_to(folder) or not path.is_file():
            return _missing()
        return _cached(request, path.read_bytes(), media_type)

    # ---- texts

    def _texts(self, request: Request) -> Response:
        return self._json_of({**self._site.texts, **self._site.plain}, request)

    def _words(self, request: Request) -> Response:
        return self._json_of(self._site.words, request)

    def _json_of(self, ready: Mapping[str, bytes], request: Request) -> Response:
        body = ready.get(request.path_params["language"])
        return _missing() if body is None else _cached(request, body, "application/json")

    async def _site_card(self, _: Request) -> Response:
        site = self._site
        training = {"training": True} if site.training else {}
        card = {"label": site.label, "phone": site.phone, "languages": list(site.texts), "plain": list(site.plain)}
        return JSONResponse(card | training)


async def healthz(_: Request) -> Response:
    """Alive; says nothing else."""
    return JSONResponse({"ok": True})


def _missing() -> Response:
    return JSONResponse({}, 404)


def _cached(request: Request, body: bytes, media_type: str) -> Response:
    """The body with an ETag (RFC 9110, section 8.8.3); the browser asks each time and mostly hears 304."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache", "vary": "Accept-Encoding"}
    if tag in [t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    if "br" in [coding.partition(";")[0].strip() for coding in request.headers.get("accept-encoding", "").split(",")]:
        return Response(brotli.compress(body, quality=PACKED), headers={**headers, "content-encoding": "br"}, media_type=media_type)
    return Response(body, headers=headers, media_type=media_type)
