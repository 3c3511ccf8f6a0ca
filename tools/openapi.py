"""Makes of the wire's types the description of the public listener's HTTP, `docs/openapi.json` (OpenAPI 3.1), for scanners and reviewers.
No server serves it. A test holds it against the routes and the types; `python -m tools.openapi` writes it anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from app.server.api import CodeAsked, LookAsked
from app.wire.readiness import Report
from app.wire.survey import Answered, HandedIn, RightWanted

FILE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"
POSTS: dict[str, tuple[type, str, dict[str, str]]] = {
    "/api/look": (LookAsked, "What may be shown before the tap (PROTOCOL.md, section 3)", {"200": "Card", "404": "Refusal"}),
    "/api/code": (CodeAsked, "The same by a dictated code (section 11)", {"200": "Card", "404": "Refusal"}),
    "/api/report": (Report, "What became known since a person's tap (section 10)", {"204": "", "404": "Refusal", "410": "Refusal"}),
    "/api/survey/right": (
        RightWanted,
        "A one-time right to answer (section 12)",
        {"200": "Signed", "400": "Refusal", "403": "Refusal", "404": "Refusal", "409": "OtherSite", "410": "Refusal"},
    ),
    "/api/survey": (Answered, "One filled in sheet (section 12)", {"200": "Refusal"}),
    "/api/take-up": (HandedIn, "What a workstation counted (section 12)", {"200": "Refusal"}),
}
"""Path -> body, summary, and for each status the name of what comes back."""
GETS = {
    "/": "text/html",
    "/r": "text/html",
    "/info": "text/html",
    "/static/{path}": "*/*",
    "/i18n/{language}.json": "application/json",
    "/words/{language}.json": "application/json",
    "/site.json": "application/json",
    "/survey.json": "application/json",
    "/survey/{site}.json": "application/json",
    "/take-up.json": "application/json",
    "/take-up/{site}.json": "application/json",
    "/healthz": "application/json",
    "/readyz": "application/json",
}
"""Path -> type of what comes back."""
HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy", "cache-control", "x-frame-options", "x-robots-tag")
"""On every answer."""
ANYWHERE = {"403": "Nothing", "429": "Refusal", "503": "Anything"}
"""From the door: a foreign Host or Origin, too many, a full house or no database."""


def described() -> dict[str, Any]:
    """The whole document."""
    _, schemas = msgspec.json.schema_components([body for body, _, _ in POSTS.values()], ref_template="#/components/schemas/{name}")
    paths = {path: {"get": _get(path, media)} for path, media in GETS.items()}
    paths |= {path: {"post": _post(*about)} for path, about in POSTS.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Videoberatung, public listener", "version": "1", "description": "GET is static and without effect."},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _plain({**schemas, **_ANSWERS}),
            "responses": {**{name: _answer(name) for name in _ANSWERS}, "Noted": {"description": "Noted", "headers": _headers()}},
            "headers": {"Fixed": {"required": True, "schema": {"type": "string"}}},
        },
    }


_CODE = {
    "type": "object",
    "properties": {"code": {"type": "string", "pattern": "^[a-z-]+$"}},
    "required": ["code"],
    "additionalProperties": False,
}
_CARD = {
    **{name: {"type": "string"} for name in ("label", "phone", "language", "wish")},
    **{name: {"type": "integer"} for name in ("starts_at", "opens_at", "minutes", "now")},
    "save_data": {"type": "boolean"},
    "state": {"enum": ["early", "open", "over"]},
}
_ANSWERS: dict[str, Any] = {
    "Card": {"type": "object", "properties": _CARD, "required": sorted(_CARD), "additionalProperties": False},
    "Refusal": _CODE,
    "Signed": {"type": "object", "properties": {"signature": {"type": "string"}}, "required": ["signature"], "additionalProperties": False},
    "OtherSite": {
        "type": "object",
        "properties": {"code": {"const": "conflict"}, "site": {"type": "string"}},
        "required": ["code", "site"],
        "additionalProperties": False,
    },
    "Nothing": {"type": "object", "maxProperties": 0},
    "Anything": {"type": "object"},
}


def _get(path: str, media: str) -> dict[str, Any]:
    named = [
        {"name": part[1:].split("}")[0], "in": "path", "required": True, "schema": {"type": "string"}}
        for part in path.split("/")
        if "{" in part
    ]
    answers = {
        "200": {"description": "OK", "headers": _headers(), "content": {media: {}}},
        "304": {"description": "as before", "headers": _headers()},
    }
    return {
        "summary": f"Static: {path}",
        "parameters": named,
        "responses": answers | _refusals({"404": "Refusal" if "{site}" in path else "Nothing", **ANYWHERE}),
    }


def _post(body: type, summary: str, answers: Mapping[str, str]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{body.__name__}"}
    request = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"summary": summary, "requestBody": request, "responses": _refusals({**answers, **ANYWHERE})}


def _refusals(answers: Mapping[str, str]) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/{name or 'Noted'}"} for status, name in sorted(answers.items())}


def _answer(name: str) -> dict[str, Any]:
    return {
        "description": name,
        "headers": _headers(),
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
    }


def _headers() -> dict[str, Any]:
    return {name: {"$ref": "#/components/headers/Fixed"} for name in HEADERS}


def _plain(schema: Any) -> Any:
    r"""As JSON Schema has it: `\Z` is Python's, and a description's line breaks are those of our source."""
    if isinstance(schema, dict):
        return {name: _plain(value) for name, value in schema.items()}
    if isinstance(schema, list):
        return [_plain(value) for value in schema]
    return " ".join(schema.replace(r"\Z", "$").split()) if isinstance(schema, str) else schema


def text() -> str:
    """As it stands in the file."""
    return json.dumps(described(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    sys.exit(0)
