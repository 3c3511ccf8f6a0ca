"""What commands say of themselves and of a line they cannot understand: from the catalogue, German first, with a way out."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from collections.abc import Callable, Sequence

import pytest

from app.__main__ import _COMMANDS
from app.__main__ import main as program
from app.command_line import NOT_UNDERSTOOD, WORDS, CommandLine, texts_for
from app.server.__main__ import commands_of
from app.server.__main__ import main as server

DEVELOPERS = {
    ".__call__() not defined",
    "%r is not callable",
    "'required' is an invalid argument for positionals",
    'argument "-" with mode %r',
    "can't open '%(filename)s': %(error)s",
    "cannot have multiple subparser arguments",
    "cannot merge actions - two groups are named %r",
    "conflicting option string: %s",
    "conflicting option strings: %s",
    "conflicting subparser alias: %s",
    "conflicting subparser: %s",
    "dest= is required for options like %r",
    "invalid conflict_resolution value: %r",
    "invalid option string %(option)r: must start with a character %(prefix_chars)r",
    "mutually exclusive arguments must be optional",
}
"""Said to whoever writes a command, or of files that argparse opens, which ours never let it."""
PLACE = re.compile(r"%(?:\(\w+\))?[srd]")
ENGLISH = ("usage", "error", "argument", "required", "invalid", "expected", "options", "positional", "show", "default:", "instead", " the ")


def words_of_argparse() -> set[str]:
    """Every text that argparse hands to gettext."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(argparse))) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("_", "ngettext")]
    return {one.value for call in named for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_word_of_argparse_has_a_sentence_or_is_for_programmers() -> None:
    assert words_of_argparse() - DEVELOPERS == set(WORDS)


@pytest.mark.parametrize("language", ["de", "en"])
def test_our_sentences_have_the_places_of_its_words(language: str) -> None:
    texts = texts_for(["--language", language])
    for word, key in WORDS.items():
        assert sorted(PLACE.findall(texts(key))) == sorted(PLACE.findall(word)), word


def refused(line: Sequence[str], capsys: pytest.CaptureFixture[str], command: Callable[[Sequence[str]], int] = server) -> str:
    """What stands on standard error of a line that cannot be understood; the status is 2, and standard output is for answers."""
    with pytest.raises(SystemExit) as ended:
        command(line)
    assert ended.value.code == NOT_UNDERSTOOD == 2
    written = capsys.readouterr()
    assert written.out == ""
    return written.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "Es fehlt: BEFEHL. Alles Weitere zeigt: videoberatung-server --help"),
        ("enrol", "Es fehlt: --site. Alles Weitere zeigt: videoberatung-server enrol --help"),
        ("enrol --site", "--site: Dahinter gehört genau ein Wert. Alles Weitere zeigt: videoberatung-server enrol --help"),
        ("enrol --site A!", "--site: Erlaubt sind Kleinbuchstaben, Ziffern und Bindestriche, höchstens 32. Alles"),
        ("revoke", "Es fehlt: KENNUNG. Alles"),
        ("workstations --json=yes", "--json: Dieser Schalter hat keinen Wert; hier steht 'yes'. Alles"),
        ("workstations --language fr", "--language: 'fr' gibt es hier nicht. Möglich ist: 'de', 'en'. Alles"),
        ("workstations --jason", "Das kennt dieser Befehl nicht: --jason. Alles Weitere zeigt: videoberatung-server --help"),
        ("nothing", "BEFEHL: 'nothing' gibt es hier nicht. Möglich ist: 'serve', 'check-config',"),
        ("restore --database", "--database-from: Dahinter gehört genau ein Wert. Alles"),
    ],
)
def test_what_the_server_says(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    written = refused(line.split(), capsys)
    assert written.startswith("Aufruf: ")
    assert f"\n{said}" in written


@pytest.mark.parametrize("line", [["enrol", "--language", "en"], ["enrol", "--language=en"]], ids=["apart", "joined"])
def test_in_english_where_the_line_asks_for_it(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    written = refused(line, capsys)
    assert written.startswith("Usage: ")
    assert "This is missing: --site. All the rest is shown by: videoberatung-server enrol --help" in written


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("chek", "Das kennt dieser Befehl nicht: chek. Alles Weitere zeigt: videoberatung --help"),
        ("check --pdf", "--pdf: Dahinter gehört genau ein Wert. Alles Weitere zeigt: videoberatung check --help"),
        ("enrol --language xx", "--language: 'xx' gibt es hier nicht."),
        ("evaluate --least some x", "--least: Der Wert 'some' passt hier nicht; verlangt ist int."),
    ],
)
def test_what_the_program_says(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"\n{said}" in refused(line.split(), capsys, program)


SERVER = sorted(commands_of(CommandLine(texts_for(())), with_others=True).names)
PROGRAM = sorted({*_COMMANDS} - {"bench", "serve"})


def helped(command: Callable[[Sequence[str]], int], line: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        command([*line, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "line"),
    [(server, []), *((server, [name]) for name in SERVER), (program, []), *((program, [name]) for name in PROGRAM)],
    ids=["server", *(f"server-{name}" for name in SERVER), "program", *PROGRAM],
)
def test_help_is_german_from_end_to_end(
    command: Callable[[Sequence[str]], int], line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = helped(command, line, capsys)
    assert said.startswith("Aufruf: ")
    assert "zeigt diese Hilfe" in said
    assert [word for word in ENGLISH if word in said.lower()] == []


def test_benchmarks_are_not_packed_and_it_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "bench" in helped(program, [], capsys)
    monkeypatch.setattr("app.__main__.find_spec", lambda _: None)
    assert program(["bench", "store"]) == NOT_UNDERSTOOD
    assert "make bench" in capsys.readouterr().err
    assert "bench" not in helped(program, [], capsys)


def test_argparse_speaks_again_as_before() -> None:
    before = dict(vars(argparse))
    CommandLine(texts_for(())).format_help()
    assert vars(argparse) == before
