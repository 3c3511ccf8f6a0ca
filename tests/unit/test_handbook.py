"""The handbooks say what the program does: what they name exists, what they show has words, and their pages need no network."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.__main__ import _COMMANDS
from app.command_line import CommandLine, texts_for
from app.paths import RESOURCES
from app.server.__main__ import commands_of
from app.services.policies import RULES
from app.services.profile import Settings
from app.texts import read_part
from tools.handbook import build
from tools.handbook_pages import WORDS, in_english

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted((ROOT / "docs/handbook").glob("*.md"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
FOLDERS = ("packaging/", "resources/", "app/", "docs/", "tools/", "tests/")
MARKDOWN = MarkdownIt().enable("table")


@cache
def tokens(page: Path) -> tuple[Token, ...]:
    """Of a page, those inside of paragraphs among them."""
    return tuple(inner for token in MARKDOWN.parse(page.read_text("utf-8")) for inner in (token, *(token.children or ())))


def code(page: Path) -> list[str]:
    """What is written as code, each line of it without its remark."""
    kinds = ("code_inline", "code_block", "fence")
    return [
        re.sub(r"(^|\s)#\s.*", "", line).strip() for token in tokens(page) if token.type in kinds for line in token.content.splitlines()
    ]


def step_by_step(levels: list[int]) -> bool:
    """No heading leaves out a level."""
    return all(after <= before + 1 for before, after in pairwise(levels))


def every(pattern: str) -> Iterator[tuple[Path, re.Match[str]]]:
    """Where this stands in code, on any page."""
    return ((page, found) for page in PAGES for line in code(page) for found in re.finditer(pattern, line))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_headings_go_step_by_step_below_one_title(page: Path) -> None:
    levels = [int(token.tag[1]) for token in tokens(page) if token.type == "heading_open"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert step_by_step(levels)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pictures_have_words(page: Path) -> None:
    for token in tokens(page):
        if token.type == "image":
            assert token.content.strip(), token.attrs["src"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_columns_have_headings(page: Path) -> None:
    flat = tokens(page)
    empty = [before for before, token in pairwise(flat) if before.type == "th_open" and not token.content.strip()]
    assert empty == []


def test_every_page_has_a_place_in_the_table_of_contents() -> None:
    places = {line for token in tokens(ROOT / "docs/handbook/index.md") if token.type == "fence" for line in token.content.split()}
    missing = [page.stem for page in PAGES if page.stem != "index" and not any(Path(page.stem).match(place) for place in places)]
    assert missing == []


def test_targets_of_make_exist() -> None:
    named = {found[1] for _, found in every(r"^make ([a-z-]+)")}
    assert named
    assert named - TARGETS == set()


def test_commands_of_the_program_exist_and_know_their_options(capsys) -> None:
    named = [found for _, found in every(r"(?:^|\s)videoberatung(?:-console\.exe)? (?!videoberatung-)([a-z][a-z-]*)([^<>|]*)")]
    assert len({found[1] for found in named}) > 5
    for found in named:
        assert found[1] in _COMMANDS, found[0]
        assert options_of(found[2]) - known_options(lambda name=found[1]: _COMMANDS[name](["--help"]), capsys) == set(), found[0]


def test_options_of_the_window_exist(capsys) -> None:
    from app.__main__ import main

    named = {option for _, found in every(r"^videoberatung (--.*)") for option in options_of(found[1])}
    assert named
    assert named - known_options(lambda: main(["--help"]), capsys) == set()


def test_commands_of_the_server_exist() -> None:
    commands = commands_of(CommandLine(texts_for(())), with_others=True)
    named = {found[1] for _, found in every(r"(?:^|\s)(?:videoberatung-server|app\.server) ([a-z][a-z-]*)")}
    assert named
    assert named - commands.names == set()


def test_files_of_the_checkout_exist() -> None:
    named = {found[0].rstrip("./") for _, found in every(rf"(?<![\w/.-])(?:{'|'.join(FOLDERS)})[\w./-]+")}
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_policies_and_settings_exist() -> None:
    known = {rule.name for rule in RULES} | set(Settings.__struct_fields__)
    table = re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs/handbook/rollout.md").read_text("utf-8"), re.MULTILINE)
    named = {
        found[0]
        for _, found in every(r"^(?:server_[a-z]+|udp_[a-z]+|relay_[a-z]+|retention_[a-z]+|evidence_[a-z]+|feed_[a-z_]+|turn_[a-z_]+)$")
    }
    assert len(table) > 4
    assert (named | set(table)) - known - {"relay_not_reached", "relay_refused", "udp_ports_taken"} == set()


def test_menu_entries_stand_in_the_catalogue() -> None:
    known = set(read_part(RESOURCES / "i18n", "de", "app").values())
    named = set()
    for page in PAGES:
        flat = tokens(page)
        for before, token in pairwise(flat):
            if before.type == "strong_open" and token.content.endswith("…"):
                named.add(token.content.rpartition("→")[2].strip())
    assert len(named) > 5
    assert named - known == set()


def options_of(text: str) -> set[str]:
    """The options of a line."""
    return set(re.findall(r"(?<!\S)\[?(--[a-z][a-z-]*)", text))


def known_options(ask: Callable[[], object], capsys: pytest.CaptureFixture[str]) -> set[str]:
    """What a command's own help names."""
    with pytest.raises(SystemExit):
        ask()
    return set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))


# ---- the pages that Sphinx makes


class Seen(HTMLParser):
    """What of a page matters to who reads it without a network, or with other eyes."""

    LOADED: Mapping[str, str] = {"link": "href", "script": "src", "img": "src", "source": "src", "iframe": "src", "use": "href"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.article = ""
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.levels: list[int] = []
        self.without_words: list[str] = []
        self.nameless: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids.add(given.get("id", ""))
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "article":
            self.article = given.get("lang", "")
        if tag in self.LOADED and self.LOADED[tag] in given:
            self.loaded.append(given[self.LOADED[tag]])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if (tag in ("aside", "nav") and "aria-label" not in given) or (given.get("role") == "heading" and "aria-level" not in given):
            self.nameless.append(self.get_starttag_text() or tag)
        if tag == "img" and not given.get("alt"):
            self.without_words.append(given.get("src", ""))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages; Sphinx stops at a link or a picture that is not there."""
    out = tmp_path_factory.mktemp("book")
    build(sys.executable, out)
    return out


@pytest.fixture(scope="module")
def seen(book: Path) -> dict[Path, Seen]:
    return {page: Seen(page.read_text("utf-8")) for page in sorted(book.rglob("*.html"))}


def test_no_page_asks_another_host_for_anything(book, seen) -> None:
    for page, one in seen.items():
        assert [address for address in (*one.loaded, *one.links) if urlsplit(address).scheme not in ("", "data")] == [], page
        assert [address for address in (*one.loaded, *one.links) if address.startswith("//")] == [], page
    for file in (*book.rglob("*.css"), *book.rglob("*.html")):
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", file.read_text("utf-8")) == [], file
    assert list(book.rglob("*.woff*")) == []


def test_everything_that_a_page_names_lies_beside_it(book, seen) -> None:
    for page, one in seen.items():
        for address in (*one.loaded, *one.links):
            parts = urlsplit(address)
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert parts.scheme == "data" or target.is_file(), f"{page}: {address}"
            if parts.fragment and target in seen:
                assert unquote(parts.fragment) in seen[target].ids, f"{page}: {address}"


def test_a_screen_reader_hears_the_right_language_and_the_headings_in_order(book, seen) -> None:
    for page, one in seen.items():
        name = page.relative_to(book).with_suffix("").as_posix()
        assert one.language == "de", page
        assert one.article == ("en" if in_english(name) else ""), page
        assert one.levels.count(1) == 1, page
        assert one.levels[0] == 1, page
        assert step_by_step(one.levels), page
        assert one.without_words == [], page
        assert one.nameless == [], page


def test_nothing_of_the_theme_stays_english(book) -> None:
    for page in book.rglob("*.html"):
        html = page.read_text("utf-8")
        assert [english for english in WORDS if f">{english}<" in html or f'"{english}' in html] == [], page


def test_the_book_is_whole_and_small(book) -> None:
    assert {page.stem for page in (book / "handbook").glob("*.html")} == {page.stem for page in PAGES}
    assert (book / "searchindex.js").is_file()
    licences = (book / "licences.txt").read_text("utf-8")
    assert all(name in licences for name in ("furo", "Sphinx", "Pygments", "Permission is hereby granted", "Redistribution and use"))
    assert sum(file.stat().st_size for file in book.rglob("*") if file.is_file()) < 6_000_000
    assert not any((book / name).exists() for name in ("_sources", "objects.inv", ".doctrees"))
