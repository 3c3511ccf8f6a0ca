"""The wire of the version before this one, frozen: what its two ends read and wrote, to be held against what ours do.

`python -m tests.support.wire_versions` freezes today's wire into `tests/contract/version_before`; that is done once, right after a release.
The definitions are JSON schemas that msgspec makes of the records; the page's readers are frozen as the files that they are.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import msgspec

from app.server.envelopes import AnyEnvelope
from app.wire import messages
from app.wire.readiness import Report
from app.wire.survey import Answered, HandedIn, RightWanted
from app.wire.talk import TalkMessage

Schema = dict[str, Any]
Json = dict[str, Any]

CONTRACT = Path(__file__).parents[1] / "contract"
BEFORE = CONTRACT / "version_before"
WEB = Path(__file__).parents[2] / "resources" / "web"
PAGE_READERS = ("wire.js", "talk.js", "shapes.js", "bytes.js")
GOLDEN = ("messages.json", "reports.json", "survey.json")
UNIONS: dict[str, Any] = {
    "page_to_server": messages.FromPage,
    "server_to_page": messages.ToPage,
    "workstation_to_server": messages.FromWorkstation,
    "server_to_workstation": messages.ToWorkstation,
    "talk": TalkMessage,
    "report": Report,
    "survey_right": RightWanted,
    "survey_answer": Answered,
    "take_up": HandedIn,
    "envelope": AnyEnvelope,
}
"""Everything that two versions say to each other; the last is between replicas of a server."""


def definitions() -> dict[str, Schema]:
    """Today's, without the words that explain them."""
    return {name: _bare(msgspec.json.schema(union)) for name, union in UNIONS.items()}


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(inner) for name, inner in value.items() if name != "description" or not isinstance(inner, str)}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value


def freeze(folder: Path = BEFORE) -> None:
    """Write today's wire there."""
    (folder / "page").mkdir(parents=True, exist_ok=True)
    (folder / "definitions.json").write_text(json.dumps(definitions(), indent=1, sort_keys=True) + "\n", "utf-8")
    for name in GOLDEN:
        shutil.copy(CONTRACT / "golden" / name, folder / name)
    for name in PAGE_READERS:
        shutil.copy(WEB / name, folder / "page" / name)


@dataclass(frozen=True)
class Ends:
    """The definitions of one version."""

    schemas: dict[str, Schema]

    @classmethod
    def before(cls) -> Ends:
        return cls(json.loads((BEFORE / "definitions.json").read_text("utf-8")))

    @classmethod
    def now(cls) -> Ends:
        return cls(definitions())

    def refused(self, name: str, message: Json) -> str:
        """Why this version's reader refuses the message; empty if it takes it, or passes over a type that it does not know."""
        schema = self.schemas[name]
        kinds = _kinds(schema)
        if kinds is not None:
            kind = kinds.get(message.get(_tag(schema), ""))
            if kind is None:
                return ""
            schema = {**kind, "$defs": schema["$defs"]}
        error = jsonschema.Draft202012Validator(schema).iter_errors(message)
        return "; ".join(f"{one.json_path}: {one.message[:80]}" for one in error)


def _tag(schema: Schema) -> str:
    return str(schema["discriminator"]["propertyName"])


def _kinds(schema: Schema) -> dict[str, Schema] | None:
    """Type -> its definition, for a union of tagged records."""
    if "discriminator" not in schema:
        return None
    return {tag: _followed({"$ref": reference}, schema) for tag, reference in schema["discriminator"]["mapping"].items()}


def _followed(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def gaps(writer: Ends, reader: Ends, name: str) -> list[str]:
    """What the writer's definitions allow it to say that the reader refuses, as paths; new types are passed over by every reader."""
    said, heard = writer.schemas[name], reader.schemas[name]
    return sorted(_Comparison(said, heard).found(name, said, heard))


@dataclass(frozen=True)
class _Comparison:
    """Two schemas of msgspec's kind, each within its own document."""

    said_root: Schema
    heard_root: Schema

    def found(self, path: str, said: Schema, heard: Schema) -> Iterator[str]:
        said, heard = _followed(said, self.said_root), _followed(heard, self.heard_root)
        if "discriminator" in said or "discriminator" in heard:
            yield from self._tagged(path)
        elif "anyOf" in said or "anyOf" in heard:
            yield from self._any(path, said.get("anyOf", [said]), heard.get("anyOf", [heard]))
        else:
            yield from self._plain(path, said, heard)

    def _tagged(self, path: str) -> Iterator[str]:
        known = _kinds(self.heard_root) or {}
        for tag, kind in (_kinds(self.said_root) or {}).items():
            if tag in known:
                yield from self.found(f"{path}.{tag}", kind, known[tag])

    def _any(self, path: str, said: list[Schema], heard: list[Schema]) -> Iterator[str]:
        for one in said:
            reasons = [list(self.found(path, one, other)) for other in heard]
            if all(reasons):
                yield from min(reasons, key=len)

    def _plain(self, path: str, said: Schema, heard: Schema) -> Iterator[str]:
        if "enum" in heard:
            yield from (f"{path}: {value!r} is new" for value in said.get("enum", ["anything"]) if value not in heard["enum"])
            return
        if said.get("type") != heard.get("type") and "enum" not in said:
            yield f"{path}: {said.get('type')} instead of {heard.get('type')}"
            return
        yield from self._bounds(path, said, heard)
        yield from self._fields(path, said, heard)
        for inner in ("items", "additionalProperties"):
            if isinstance(heard.get(inner), dict) and isinstance(said.get(inner), dict):
                yield from self.found(f"{path}[]", said[inner], heard[inner])

    def _bounds(self, path: str, said: Schema, heard: Schema) -> Iterator[str]:
        for bound in ("pattern", "propertyNames"):
            if bound in heard and said.get(bound) != heard[bound]:
                yield f"{path}: another {bound}"
        for least in ("minimum", "minLength", "minItems", "minProperties"):
            if least in heard and said.get(least, float("-inf")) < heard[least]:
                yield f"{path}: {least} lower"
        for most in ("maximum", "maxLength", "maxItems", "maxProperties"):
            if most in heard and said.get(most, float("inf")) > heard[most]:
                yield f"{path}: {most} higher"

    def _fields(self, path: str, said: Schema, heard: Schema) -> Iterator[str]:
        yield from (f"{path}.{name}: missing" for name in heard.get("required", []) if name not in said.get("required", []))
        for name, field in said.get("properties", {}).items():
            if name in heard.get("properties", {}):
                yield from self.found(f"{path}.{name}", field, heard["properties"][name])


if __name__ == "__main__":
    freeze()
