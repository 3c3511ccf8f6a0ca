"""The texts of mails and letters: the program's own and, where they hold what they must, the agency's. Imports the places only.

A template is plain text with a subject, paragraphs, lists and headings; HTML and paper are made from what it says, so that all three
say the same. It may ask for places, decide with `if` and include its parts, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.domain.mails import MailKind
from app.services.mail.places import NAMES, Places
from app.services.tasks import Refusal
from app.texts import FIRST_LANGUAGE

LETTER, ENTRY = "letter", "entry"
SUBJECT = "Subject: "
PARTS = ("part-when", "part-way-in", "part-needs", "part-ways-out", "part-ending")
TEMPLATES = (*(kind.value for kind in MailKind), LETTER, ENTRY)
MAX_LETTERS = 20_000
UNREADABLE = "\0"
"""Stands for a file without a text; no text has this letter."""

_MAY_STAND = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or, nodes.Const)
_MARKUP = re.compile(r"<\s*[/!a-zA-Z]|!\[|&[#a-zA-Z0-9]+;")
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://|\bwww\.|\b(?:data|cid|javascript|mailto|file):", re.IGNORECASE)
_log = structlog.get_logger(__name__)


class TemplateRefused(Refusal):
    """A template that cannot be used. `key` is the sentence for whoever wrote it (catalogue `app`), `values` fill its places."""

    def __init__(self, key: str, template: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = {"template": template, **values}


@dataclass(frozen=True, slots=True)
class Text:
    """What a template says."""

    subject: str
    body: str = field(repr=False)
    """Paragraphs with an empty line between them; LF lines."""


Source = Mapping[str, str]
"""`LANGUAGE/NAME` -> template."""


class Templates:
    """The program's own texts, and the agency's above them."""

    def __init__(self, own: Source, agency: Source | None = None) -> None:
        """Raises nothing: what the agency's cannot do is done by the program's own, and `refused` says why."""
        self._own = own
        self._agency = agency or {}
        self.refusals = self._found_wrong()
        """`LANGUAGE/NAME` of the agency's -> why it cannot be used."""
        self.refused = tuple(self.refusals.values())
        self._layers = {**own, **self._agency} if not self.refused else own
        if self.refused:
            _log.warning("mail.templates_refused", count=len(self.refused))

    @classmethod
    def read(cls, own: Path, agency: Path | None = None) -> Templates:
        """From folders `LANGUAGE/NAME.txt`."""
        return cls(dict(files_of(own)), dict(files_of(agency)) if agency is not None else None)

    @property
    def languages(self) -> Sequence[str]:
        """German first."""
        found = {key.partition("/")[0] for key in self._layers}
        return sorted(found, key=lambda tag: (tag != FIRST_LANGUAGE, tag))

    def language_for(self, wanted: str) -> str:
        """The nearest that there is: the very one, its plain form, German."""
        there = self.languages
        return next((tag for tag in (wanted, wanted.partition("-")[0]) if tag in there), FIRST_LANGUAGE)

    def say(self, name: str, language: str, places: Places) -> Text:
        """`name` is the value of a MailKind, `LETTER` or `ENTRY`."""
        return _said(self._layers, name, language, places)

    def has(self, name: str, language: str) -> bool:
        """Whether `say` can."""
        return f"{language}/{name}" in self._layers

    def tried(self, name: str, language: str, text: str, places: Places) -> Text:
        """What a new text of the agency's would say, for its preview. Raises TemplateRefused."""
        return _checked({**self._layers, f"{language}/{name}": text}, name, language, places)

    def _found_wrong(self) -> Mapping[str, TemplateRefused]:
        found = {key: refusal for key in sorted(self._agency) if (refusal := self._wrong_with(key)) is not None}
        languages = {key.partition("/")[0] for key in self._agency} - {key.partition("/")[0] for key in self._own}
        for language in sorted(languages):
            for name in TEMPLATES:
                if f"{language}/{name}" not in self._agency:  # a mail in half a language could not be written
                    found[f"{language}/{name}"] = TemplateRefused("app.mail.template.missing", name, language=language)
        return found

    def _wrong_with(self, key: str) -> TemplateRefused | None:
        layers = {**self._own, **self._agency}
        language, _, name = key.partition("/")
        try:
            if self._agency[key] == UNREADABLE:
                raise TemplateRefused("app.mail.template.unreadable", key)
            if name in TEMPLATES:
                _checked(layers, name, language, SAMPLE)
            elif name in PARTS:
                _look_through(key, self._agency[key])
                for whole in TEMPLATES:
                    if f"{language}/{whole}" in layers:
                        _checked(layers, whole, language, SAMPLE)
            else:
                raise TemplateRefused("app.mail.template.unknown-name", key)
        except TemplateRefused as refusal:
            return refusal
        return None


def files_of(folder: Path) -> Iterator[tuple[str, str]]:
    """`LANGUAGE/NAME` and the text; `UNREADABLE` for what cannot be read or is not UTF-8."""
    for path in sorted(folder.glob("*/*.txt")):
        try:
            yield f"{path.parent.name}/{path.stem}", path.read_text("utf-8-sig")
        except (OSError, UnicodeError):
            yield f"{path.parent.name}/{path.stem}", UNREADABLE


def _said(source: Source, name: str, language: str, places: Places) -> Text:
    """Raises TemplateRefused for what has no subject."""
    rendered = _environment(source, language).get_template(name).render(places.as_dict())
    first, _, rest = rendered.strip().partition("\n")
    if not first.startswith(SUBJECT) or not first[len(SUBJECT) :].strip():
        raise TemplateRefused("app.mail.template.no-subject", f"{language}/{name}")
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in rest.splitlines())).strip()
    return Text(first[len(SUBJECT) :].strip(), body)


def _checked(source: Source, name: str, language: str, places: Places) -> Text:
    """What it says, after everything that can be wrong with it was looked for. Raises TemplateRefused."""
    key = f"{language}/{name}"
    _look_through(key, source.get(key, ""))
    try:
        text = _said(source, name, language, places)
        sample = _said(source, name, language, SAMPLE)
    except TemplateError as error:
        culprit = f"{language}/{error.name}" if isinstance(error, TemplateSyntaxError) and error.name else key  # it may be a part
        raise TemplateRefused("app.mail.template.broken", culprit, line=str(getattr(error, "lineno", 1))) from None
    if name != MailKind.CANCELLED.value and SAMPLE.link not in sample.body:
        raise TemplateRefused("app.mail.template.no-link", key)
    if any(secret in sample.subject for secret in (SAMPLE.link, SAMPLE.code, SAMPLE.name)):
        raise TemplateRefused("app.mail.template.secret-in-subject", key)
    return text


def _look_through(key: str, text: str) -> None:
    """Raises TemplateRefused for what a template must not have, whatever it says in the end."""
    if len(text) > MAX_LETTERS:
        raise TemplateRefused("app.mail.template.too-long", key, most=str(MAX_LETTERS))
    try:
        tree = Environment(autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        raise TemplateRefused("app.mail.template.broken", key, line=str(error.lineno)) from None
    for node in _all_nodes(tree):
        if isinstance(node, nodes.Include) and isinstance(node.template, nodes.Const) and node.template.value in PARTS:
            continue
        if not isinstance(node, _MAY_STAND):
            raise TemplateRefused("app.mail.template.not-allowed", key, line=str(node.lineno))
        if isinstance(node, nodes.Name) and node.name not in NAMES:
            raise TemplateRefused("app.mail.template.unknown-place", key, place=node.name)
        if isinstance(node, nodes.TemplateData) and _MARKUP.search(node.data):
            raise TemplateRefused("app.mail.template.markup", key)
        if isinstance(node, nodes.TemplateData) and _ADDRESS.search(node.data):
            raise TemplateRefused("app.mail.template.foreign-address", key)


def _all_nodes(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all_nodes(child)


def _environment(source: Source, language: str) -> Environment:
    return ImmutableSandboxedEnvironment(
        loader=_Loader(source, language),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )  # plain text: HTML is made of it by `app.services.mail.html`, which escapes


class _Loader(BaseLoader):
    """The templates of one language."""

    def __init__(self, source: Source, language: str) -> None:
        self._source = source
        self._language = language

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, None]:
        text = self._source.get(f"{self._language}/{template}")
        if text is None:
            raise TemplateNotFound(template)
        return text, None, None


SAMPLE = Places(
    agency="Beratung",
    phone="030 123456",
    name="\u2068Kim Muster\u2069",
    date="Dienstag, 1. Dezember 2026",
    short_date="1. Dezember 2026",
    time="14:00",
    end="14:30",
    end_date="",
    minutes=30,
    link="https://beratung.example/r#0123456789012345678901234567890123456789012",
    start_page="https://beratung.example",
    code="123 456 789",
    megabytes="1100",
    megabytes_saving="180",
    save_data=False,
    by_phone=False,
    on_site=False,
    by_mail=True,
    reply=False,
)
"""For checks and for previews without an appointment."""
