"""Each check of the tree passes on our own and fails on the one thing it is there for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tools import check_tree
from tools.check_tree import CHECKS, Tree

HASH = "--hash=sha256:" + "0" * 64


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """The smallest tree that every check likes."""
    write(tmp_path, "app/media/camera.py", "import cv2\n\ncapture = cv2.VideoCapture\n")
    write(tmp_path, "resources/web/page.js", 'fetch("/site.json"); // http://www.w3.org/2000/svg\n')
    write(tmp_path, "resources/i18n/de/page.po", "")
    for part, names in {"server": "a", "desktop": "ab", "dev": "abc", "package": "abd"}.items():
        pins = "".join(f"{name}==1.0 ; sys_platform == 'linux' \\\n    {HASH} \\\n    {HASH}\n    # via x\n" for name in names)
        write(tmp_path, f"packaging/requirements/{part}.txt", pins)
    write(tmp_path, "package-lock.json", json.dumps({"packages": {"": {}, "node_modules/x": {"integrity": "sha512-x"}}}))
    return Tree(tmp_path)


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.mark.parametrize("check", CHECKS)
def test_a_good_tree_passes(tree: Tree, check: Callable[[Tree], list[str]]) -> None:
    assert check(tree) == []


@pytest.mark.parametrize(
    ("name", "text", "host"),
    [
        ("app/services/ice.py", 'SERVER = "stun:stun.somewhere.de:3478"', "stun.somewhere.de"),
        ("resources/web/page.html", '<link href="https://fonts.somewhere.de/a.css">', "fonts.somewhere.de"),
        ("resources/theme.qss", "image: url(http://10.0.0.5/a.png)", "10.0.0.5"),
        ("packaging/requirements/dev.txt", "--index-url https://packages.somewhere.de/simple", "packages.somewhere.de"),
        ("app/a.py", 'LINK = "wss://localhost.somewhere.de/ws"', "localhost.somewhere.de"),
    ],
)
def test_a_foreign_host_is_found(tree: Tree, name: str, text: str, host: str) -> None:
    write(tree.root, name, text)
    assert check_tree.no_foreign_host(tree) == [f"{name}: foreign host {host}"]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000/", "http://[::1]/", "https://video.example/r", "http://{host}/", "turn:relay.example"]
)
def test_own_and_example_hosts_are_no_foreign_ones(tree: Tree, address: str) -> None:
    write(tree.root, "app/a.py", f'A = "{address}"')
    assert check_tree.no_foreign_host(tree) == []


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("app/media/a.py", "from aiortc import MediaRecorder", "MediaRecorder"),
        ("app/ui/a.py", "import PySide6.QtMultimedia as m\nm.QMediaRecorder()", "QMediaRecorder"),
        ("app/media/b.py", "import cv2\ncv2.VideoWriter('x')", "VideoWriter"),
        ("app/media/c.py", "container.add_stream('vp8')", "add_stream"),
        ("app/media/d.py", "import wave", "wave"),
        ("app/media/e.py", "from wave import open as o", "wave"),
        ("app/media/f.py", "import aiortc.contrib.media", "aiortc.contrib"),
        ("app/media/g.py", "av.open('x.mp4', 'w')", "av.open"),
        ("app/media/h.py", "av.open('x.mp4', mode=way)", "av.open"),
        ("resources/web/a.js", "new MediaRecorder(stream)", "MediaRecorder"),
        ("resources/web/b.js", "canvas.toDataURL()", "toDataURL"),
    ],
)
def test_a_recorder_is_found(tree: Tree, name: str, text: str, word: str) -> None:
    write(tree.root, name, text)
    assert check_tree.no_recorder(tree) == [f"{name}: {word} could record"]


def test_reading_a_film_is_no_recording(tree: Tree) -> None:
    write(tree.root, "app/media/a.py", "av.open('x.mp4'); av.open('x.mp4', mode='r'); av.CodecContext.create('vp8', 'r')")
    assert check_tree.no_recorder(tree) == []


def test_nothing_of_ours_can_record() -> None:
    """A promise to everybody who speaks here (also without `make check`)."""
    assert check_tree.no_recorder(Tree(check_tree.ROOT)) == []


def test_a_page_too_large_is_found(tree: Tree) -> None:
    write(tree.root, "resources/web/large.js", Random(1).randbytes(160_000).hex())
    (problem,) = check_tree.small_page(tree)
    assert "153600 allowed" in problem


def test_what_the_page_loads_in_one_language_counts(tree: Tree) -> None:
    """The longest list of words and the longest catalogue, whoever speaks; the others are not loaded."""
    half = Random(1).randbytes(80_000).hex()
    write(tree.root, "resources/words/aa.txt", half)
    write(tree.root, "resources/words/bb.txt", half)
    assert check_tree.small_page(tree) == []
    write(tree.root, "resources/web/large.js", half)
    (problem,) = check_tree.small_page(tree)
    assert "153600 allowed" in problem


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("packaging/requirements/dev.txt", f"-i x\na==1.0 {HASH}\nb==1.0 {HASH}", "dev.txt: names an index"),
        ("packaging/requirements/dev.txt", f"a==1.0 {HASH}\nb==1.0", "dev.txt: b==1.0 has no hash"),
        ("packaging/requirements/dev.txt", f"a==1.0 {HASH}\nb==2.0 {HASH}", "dev.txt: lacks b==1.0 of desktop.txt"),
        ("packaging/requirements/package.txt", f"a==1.0 {HASH}\nb==2.0 {HASH}", "package.txt: lacks b==1.0 of desktop.txt"),
        ("packaging/requirements/server.txt", f"z==1.0 {HASH}", "desktop.txt: lacks z==1.0 of server.txt"),
        ("package-lock.json", '{"packages": {"x": {"integrity": "i", "resolved": "r"}}}', "package-lock.json: x names a registry"),
        ("package-lock.json", '{"packages": {"x": {}}}', "package-lock.json: x has no hash"),
    ],
)
def test_a_bad_lock_file_is_found(tree: Tree, name: str, text: str, problem: str) -> None:
    write(tree.root, name, text)
    assert check_tree.clean_locks(tree) == [problem]


@pytest.mark.parametrize("path", ["/home/" + "somebody/x", "/root" + "/.cache", "{root}/x"])
def test_a_path_of_the_machine_is_found(tree: Tree, path: str) -> None:
    write(tree.root, "docs/a.md", f"see {path.format(root=tree.root)}")
    (problem,) = check_tree.no_machine_path(tree)
    assert problem.startswith("docs/a.md: carries the machine's path")


def test_a_file_that_has_outgrown_its_room_is_found(tree: Tree) -> None:
    write(tree.root, "app/a.py", "\n" * 501)
    write(tree.root, "tests/a.py", "\n" * 799)
    assert check_tree.files_are_split(tree) == ["app/a.py: 501 lines, to be split at 500"]


def test_what_tools_make_is_passed_over(tree: Tree) -> None:
    write(tree.root, ".venv/lib/a.py", 'A = "https://somewhere.de"')
    write(tree.root, "node_modules/a/a.js", 'A = "https://somewhere.de"')
    assert check_tree.no_foreign_host(tree) == []
