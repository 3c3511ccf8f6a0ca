"""Conversations are recorded nowhere: no recorder and no writer of films or sound files appears in the product."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.paths import RESOURCES

APP = Path(__file__).resolve().parents[3] / "app"
FORBIDDEN_NAMES = {
    "MediaRecorder",
    "MediaBlackhole",
    "VideoWriter",
    "VideoWriter_fourcc",
    "OutputContainer",
    "QMediaRecorder",
    "setRecorder",
    "QImageCapture",
    "add_stream",
    "mux",
}
FORBIDDEN_MODULES = {"wave", "soundfile", "aiortc.contrib", "aiortc.contrib.media", "imageio", "moviepy", "scipy.io.wavfile"}
ALLOWED = {"ui/chime.py": ["wave"]}
"""The bell that announces a client is computed from numbers; it has nothing to do with anybody's sound."""
FORBIDDEN_IN_PAGE = re.compile(r"MediaRecorder|MediaStreamTrackProcessor|showSaveFilePicker|AudioWorkletRecorder|webm-writer")


def sources() -> list[Path]:
    return sorted(APP.rglob("*.py"))


def offences(tree: ast.AST) -> Iterator[str]:
    """What in a module could write a film: names, imports, and `av.open` for anything but reading."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name) if name in FORBIDDEN_NAMES | FORBIDDEN_MODULES:
                yield name
            case ast.ImportFrom(module=module) if module in FORBIDDEN_MODULES:
                yield module
            case ast.Call(func=ast.Attribute(value=ast.Name(id="av"), attr="open")):
                mode = [*node.args[1:2]] + [k.value for k in node.keywords if k.arg == "mode"]
                if not all(isinstance(m, ast.Constant) and m.value == "r" for m in mode):
                    yield "av.open"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(APP)))
def test_no_module_can_write_a_film(path: Path) -> None:
    allowed = ALLOWED.get(path.relative_to(APP).as_posix(), [])
    source = path.read_text("utf-8")
    assert [offence for offence in offences(ast.parse(source)) if offence not in allowed] == []
    assert not allowed or "app.media" not in source


@pytest.mark.parametrize(
    "code",
    [
        "from aiortc.contrib.media import MediaRecorder",
        "import aiortc.contrib.media",
        "av.open('x.mp4', 'w')",
        "av.open('x.mp4', mode=way)",
        "cv2.VideoWriter('x.avi')",
        "import wave",
        "container.mux(packet)",
    ],
)
def test_the_search_finds_what_it_is_for(code: str) -> None:
    assert list(offences(ast.parse(code)))


def test_reading_a_film_is_no_offence() -> None:
    assert list(offences(ast.parse("av.open('x.mp4'); av.open('x.mp4', mode='r'); av.CodecContext.create('vp8', 'r')"))) == []


def test_neither_does_the_page() -> None:
    scripts = [path for path in (RESOURCES / "web").rglob("*") if path.suffix in {".js", ".html"}]
    assert scripts
    assert [path.name for path in scripts if FORBIDDEN_IN_PAGE.search(path.read_text("utf-8"))] == []
    assert FORBIDDEN_IN_PAGE.search("new MediaRecorder(stream)")
