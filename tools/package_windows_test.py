"""The Windows part of `make package-test`: installs, tries out and removes what `make package` has made, in a Wine of its own.

What an installer adds is listed, and what is left after a removal; anything left is an error. It imports the standard library and `tools`
only, needs root (a small disk is mounted), Wine and Chromium, and goes on after an error so that one run tells all of them.

    python -m tools.package_windows_test            all steps
    python -m tools.package_windows_test machine    one of them
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.package_parts import made_at
from tools.package_windows import FOLDER, NAME, OUT, PYTHON, installers, product
from tools.set_up import ROOT
from tools.windows.installers import Product, make_exe, make_msi
from tools.windows.signing import read
from tools.windows.trial import Listing, Trial, here
from tools.windows.wine import COMPILER, SOURCES

REPORT = ROOT / "build/package/test/windows"
PERSON = "Jörg Büro"
ELSEWHERE = r"C:\Träger Süd\Video Beratung"
USUAL = r"C:\Program Files\Videoberatung"
OWN = r"\Software\Videoberatung"
SERVER = "https://video.jobcenter.example"
EARLIER, NEWER = "0.0.1", "99.0.0"
BUSY, NEWER_THERE, FULL, FAILED, BAD_SWITCH, NOT_THERE, NOT_ALLOWED = 1618, 1638, 112, 1603, 87, 1605, 1925
"""Exit codes, as docs/handbook/windows.md promises them."""
NO_KEYBOARD = ("outcome", "NotOnScreen: no window has the keyboard")
"""The demonstration's last step may miss so on a busy machine: no window manager gives the keyboard to the window that is left."""
OWN_DATA = r"Credential Manager\\Generic: (.*@)?Videoberatung|/AppData/Local/Videoberatung"
"""What a removal leaves to the person."""
WAIT_S = 120.0
SCREEN = {"name": "one", "x": 0, "y": 0, "width": 1600, "height": 1200, "logicalDpi": 80, "logicalBaseDpi": 80, "dpr": 1}
"""Qt's offscreen platform: as many points for a letter as on a usual screen of Windows."""


class Wrong(Exception):
    """Something is not as it was promised."""


class Steps:
    """All of them over one Windows."""

    def __init__(self) -> None:
        REPORT.mkdir(parents=True, exist_ok=True)
        self.trial = Trial(REPORT / "prefix", PYTHON, REPORT / "home", PERSON)
        self.exe, self.msi = installers()
        self.signing = read(os.environ, OUT / "signing", made_at())

    def prepare(self) -> None:
        """A Windows without us, and small installers of an earlier and a newer version."""
        self.trial.make()
        self._small()
        for version in (EARLIER, NEWER):
            other = Product(version, product(made_at()).publisher, int(made_at().timestamp()))
            if not self._other(version).is_file():
                make_exe(REPORT / "small", OUT, self._other(version), other, self.signing, quick=True)
                make_msi(REPORT / "small", OUT, self._other(version, "msi"), other, self.signing)

    def _small(self) -> None:
        folder = REPORT / "small"
        if not folder.is_dir():
            (folder / "_internal").mkdir(parents=True)
            (folder / "_internal/of-an-earlier-version.txt").write_text("It must be gone after an update.\n", "utf-8")
            for name in ("videoberatung.exe", "videoberatung-console.exe"):
                shutil.copy(FOLDER / name, folder)

    def _other(self, version: str, kind: str = "exe") -> Path:
        return REPORT / f"small-{version}.{kind}"

    # --- what is tried

    def signatures(self) -> None:
        """Program, uninstaller and both installers are signed, and say version and publisher."""
        for file in (self.exe, self.msi, FOLDER / "videoberatung.exe", FOLDER / "videoberatung-console.exe"):
            self.signing.verify(file)
        told = self.trial.run(str(PYTHON / "python.exe"), "-c", _VERSION, here(self.exe), here(FOLDER / "videoberatung.exe")).text
        made = product(made_at())
        expect(told.count(made.version) == 4, f"versions in the files: {told}")
        expect(told.count(made.publisher) >= 2, f"publisher in the files: {told}")

    def machine(self) -> None:
        """For everybody, at another place with blanks and umlauts, with every switch; listed, started, removed, listed again."""
        with self._nothing_left("machine"):
            switches = f"/S /ALLUSERS /SERVER={SERVER} /AUTOSTART=1 /DESKTOP=1 /FIREWALL=1 /D={ELSEWHERE}"
            self._code(0, f"{here(self.exe)} {switches}")
            self.signing.verify(self._disk(ELSEWHERE) / "program/uninstall.exe")
            self._registered("HKLM", ELSEWHERE)
            expect(self.trial.registry(rf"HKLM{OWN}\Preset") == {"server_url": SERVER, "autostart": "1"}, "what was preset")
            expect(len(self.trial.shortcuts) == 3, f"three shortcuts: {self.trial.shortcuts}")
            self._program(ELSEWHERE, network="failed")  # it asks the server that was preset, which there is none of
            self._code(0, here(self.exe), "/S", "/AUTOSTART=0", "/DESKTOP=0", "/FIREWALL=0", "/SERVER=")
            expect(len(self.trial.shortcuts) == 2, f"no shortcut on the desktop any more: {self.trial.shortcuts}")
            expect(not self.trial.registry(rf"HKLM{OWN}\Preset"), "nothing is preset any more")
            self._code(0, here(self.exe), "/S", "/REMOVE")

    def person(self) -> None:
        """For one person whose name has a blank and umlauts; by the program in the folder it is removed, which itself goes at a restart."""
        with self._nothing_left("person", may=rf"{OWN_DATA}|/Temp/~nsu\w*\.tmp|PendingFileRenameOperations"):
            self._code(0, here(self.exe), "/S", "/CURRENTUSER", "/AUTOSTART=1")
            place = rf"C:\users\{PERSON}\AppData\Local\Programs\Videoberatung"
            self._registered("HKCU", place)
            self._program(place)
            self._code(0, rf"{place}\program\uninstall.exe", "/S")
            wait_for(lambda: not self._disk(place).exists(), "the folder to go")

    def switches(self) -> None:
        """What is no switch, or no address, is refused and changes nothing; a removal of nothing says so."""
        with self._nothing_left("switches"):
            for wrong in ("/AUTOSTRAT=1", "/AUTOSTART=yes", "/SERVER=http://video.example", "/FIREWALL"):
                self._code(BAD_SWITCH, here(self.exe), "/S", wrong)
            self._code(NOT_THERE, here(self.exe), "/S", "/REMOVE")

    def versions(self) -> None:
        """Over an earlier version nothing of it stays; over a newer one nothing is done."""
        with self._nothing_left("versions"):
            self._code(0, here(self._other(EARLIER)), "/S", "/AUTOSTART=1")
            expect((self._disk(USUAL) / "program/_internal/of-an-earlier-version.txt").is_file(), "the earlier version")
            self._code(0, here(self.exe), "/S")
            expect(not list(self._disk(USUAL).rglob("of-an-earlier-version.txt")), "nothing of the earlier version")
            expect(self.trial.registry(rf"HKLM{OWN}\Preset") == {"autostart": "1"}, "the autostart is kept")
            self._program(USUAL)
            self._code(0, here(self._other(NEWER)), "/S")
            self._code(NEWER_THERE, here(self.exe), "/S")
            self._code(NEWER_THERE, here(self.exe), "/S", "/CURRENTUSER")
            expect(self.trial.registry(f"HKLM{OWN}")["Version"] == NEWER, "the newer version stays")
            self._code(0, here(self._other(NEWER)), "/S", "/REMOVE")

    def full(self) -> None:
        """A disk without space, and one that fills while the files are written: the earlier version stays whole."""
        for name, options, code in (("space", "size=90m", FULL), ("files", "size=2g,nr_inodes=60", FAILED)):
            with self._nothing_left(f"full-{name}"), self._small_disk(options):
                self._code(code, f"{here(self.exe)} /S /D=F:\\Videoberatung")
                expect(not list((REPORT / "disk").iterdir()), "nothing was laid there")
                self._code(0, f"{here(self._other(EARLIER))} /S /D=F:\\Videoberatung")
                before = self._whole(REPORT / "disk")
                self._code(code, here(self.exe), "/S")
                expect(self._whole(REPORT / "disk") == before, "the earlier version is whole")
                expect(self.trial.registry(f"HKLM{OWN}")["Version"] == EARLIER, "it is the one that is registered")
                self._code(0, here(self.exe), "/S", "/REMOVE")

    def rights(self) -> None:
        """Where nobody may write. (Wine's person is always an administrator; that one without rights is told so stays unseen.)"""
        with self._nothing_left("rights"), self._small_disk("size=90m,ro"):
            self._code(NOT_ALLOWED, f"{here(self.exe)} /S /D=F:\\Videoberatung")

    def running(self) -> None:
        """While the program runs, in a conversation: neither an update nor a removal, and the conversation goes on."""
        with self._nothing_left("running"):
            self._code(0, here(self.exe), "/S")
            with self._demonstration(USUAL) as (shots, running):
                wait_for(lambda: any(shots.glob("*-talked-*.png")) or running.poll() is not None, "the conversation", 600)
                if running.poll() is None:  # otherwise its own steps say what was missed
                    self._code(BUSY, here(self.exe), "/S", settled=False)
                    self._code(BUSY, here(self.exe), "/S", "/REMOVE", settled=False)
                    self._code(BUSY, here(self._other(EARLIER)), "/S", settled=False, other=NEWER_THERE)
            self._code(0, here(self.exe), "/S", "/REMOVE")

    def data(self) -> None:
        """A removal leaves what is the person's; with the switch it goes, keys too."""
        with self._nothing_left("data", may="^$"):
            folder = self._disk(rf"C:\users\{PERSON}\AppData\Local\Videoberatung")
            self._code(0, here(self.exe), "/S")
            self._make_data(USUAL, folder)
            self._code(0, here(self.exe), "/S", "/REMOVE")
            expect((folder / "settings.json").is_file(), "the person's data stays")
            self._code(0, here(self.exe), "/S")
            self._code(0, here(self.exe), "/S", "/REMOVE", "/PURGE=1")
            expect(not folder.exists(), "the person's data is gone")
            expect(self._credentials() == 0, "no key of ours is left")

    def package(self) -> None:
        """The MSI: every feature, started, removed; over an earlier one, not over a newer one, and never beside the other installer."""
        with self._nothing_left("package"):
            self._code(FAILED, "msiexec", "/i", here(self.msi), "/qn", "/norestart", "SERVER=http://video.example")
            self._code(0, "msiexec", "/i", here(self.msi), "/qn", "/norestart", "ADDLOCAL=ALL", f"SERVER={SERVER}")
            expect(self.trial.registry(f"HKLM{OWN}")["Installer"] == "msi", "registered")
            expect(self.trial.registry(rf"HKLM{OWN}\Preset") == {"server_url": SERVER, "autostart": "1"}, "what was preset")
            expect(self._at_sign_in("HKLM") == _started(USUAL), f"at sign-in: {self._at_sign_in('HKLM')}")
            self._program(USUAL, network="failed")
            self._code(NEWER_THERE, here(self.exe), "/S")
            self._code(0, "msiexec", "/x", here(self.msi), "/qn", "/norestart")
        with self._nothing_left("package-versions"):
            self._code(0, "msiexec", "/i", here(self._other(EARLIER, "msi")), "/qn", "/norestart", f"SERVER={SERVER}")
            self._code(0, "msiexec", "/i", here(self.msi), "/qn", "/norestart")
            expect(not list(self._disk(USUAL).rglob("of-an-earlier-version.txt")), "nothing of the earlier version")
            expect(self.trial.registry(rf"HKLM{OWN}\Preset") == {"server_url": SERVER}, "the server's address is kept")
            self._program(USUAL, network="failed")
            self._code(FAILED, "msiexec", "/i", here(self._other(EARLIER, "msi")), "/qn", "/norestart")
            self._code(0, "msiexec", "/x", here(self.msi), "/qn", "/norestart")
            self._code(0, here(self._other(EARLIER)), "/S")
            self._code(FAILED, "msiexec", "/i", here(self.msi), "/qn", "/norestart")
            self._code(0, here(self.exe), "/S", "/REMOVE")

    # --- what the steps share

    def _code(self, wanted: int, *command: str, settled: bool = True, other: int | None = None) -> None:
        answer = self.trial.run(*command, settled=settled)
        expect(answer.code in (wanted, other), f"{' '.join(command)}: exit code {answer.code}, not {wanted}: {answer.text[-500:]}")

    def _disk(self, place: str) -> Path:
        return self.trial.wine.disk / place.removeprefix("C:\\").replace("\\", "/")

    def _registered(self, root: str, place: str) -> None:
        own, removal = self.trial.registry(f"{root}{OWN}"), self.trial.registry(rf"{root}\{_UNINSTALL}\Videoberatung")
        expect((own.get("InstallDir"), own.get("Version")) == (place, product(made_at()).version), f"registered: {own}")
        named = {"DisplayName": NAME.capitalize(), "DisplayVersion": product(made_at()).version, "Publisher": product(made_at()).publisher}
        expect(named.items() <= removal.items(), f"in the list of programs: {removal}")
        expect(int(removal["EstimatedSize"]) > 90_000, f"its size: {removal}")
        expect(self._at_sign_in(root) == _started(place), f"at sign-in: {self._at_sign_in(root)}")

    def _at_sign_in(self, root: str) -> str | None:
        return self.trial.registry(_RUN.format(root)).get("Videoberatung")

    def _program(self, place: str, network: str = "ok") -> None:
        """It says its version, looks at the devices (there are none) and at the policies, and prints JSON as everybody reads it."""
        console = rf"{place}\program\videoberatung-console.exe"
        expect(product(made_at()).version in self.trial.run(console, "--version").text, "its version")
        checked = self.trial.run(console, "check", "--short", "--json", variables={"ALSA_CONFIG_PATH": "/dev/null"})
        expect(checked.code in (0, 1), f"check: {checked.code}: {checked.text[-800:]}")
        found = json.loads(checked.text[checked.text.index("{\n") : checked.text.rindex("}") + 1])
        outcomes = {result["check"]: result["outcome"] for result in found["results"]}
        expect(outcomes["network"] == network and outcomes["system"] in ("ok", "weak"), f"check: {outcomes}")  # weak: this machine is busy
        sentences = "".join(result["sentence"] for result in found["results"])
        expect("\ufffd" not in sentences and not sentences.isascii(), f"umlauts in JSON: {sentences}")
        (REPORT / "check.json").write_text(json.dumps(found, indent=2, ensure_ascii=False), "utf-8")

    @contextmanager
    def _demonstration(self, place: str) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
        """`demo --unattended` with this machine's Chromium as the client, every step of it; gives its screenshots' folder and itself."""
        compile_browser(self.trial.wine.disk / "browser")
        shots = REPORT / "demonstration"
        shutil.rmtree(shots, ignore_errors=True)
        shots.mkdir()
        (self.trial.wine.disk / "offscreen.json").write_text(json.dumps({"screens": [SCREEN]}), "utf-8")
        script = self.trial.script("demonstration.cmd", _demonstration_lines(place, shots))
        running = self.trial.start("cmd", "/c", script, variables=browser_variables(shots))
        try:
            yield shots, running
            text = running.communicate(timeout=900)[0]
        except BaseException:
            self.trial.run("taskkill", "/f", "/im", "videoberatung-console.exe", settled=False)
            raise
        finally:
            for name in ("browser", "offscreen.json", "demonstration.cmd"):
                remove(self.trial.wine.disk / name)
        (shots / "steps.txt").write_text(text, "utf-8")
        missed = [step for step in json.loads((shots / "demo.json").read_text("utf-8"))["steps"] if not step["ok"]]
        expect(not missed or [(step["name"], step["why"]) for step in missed] == [NO_KEYBOARD], f"the demonstration: {text[-1500:]}")

    def _make_data(self, place: str, folder: Path) -> None:
        """The window's first start, and its end by force."""
        script = self.trial.script("window.cmd", ["set QT_QPA_PLATFORM=offscreen", rf'"{place}\program\videoberatung.exe"'])
        running = self.trial.start("cmd", "/c", script)
        wait_for(lambda: (folder / "settings.json").is_file() and self._credentials() > 0, "the first start")
        self._code(BUSY, here(self.exe), "/S", settled=False)
        self.trial.run("taskkill", "/f", "/im", "videoberatung.exe")
        running.wait(60)
        remove(self.trial.wine.disk / "window.cmd")

    def _credentials(self) -> int:
        return sum("Videoberatung" in entry for entry in self.trial.listing().keys if "\\Credential Manager\\" in entry)

    @contextmanager
    def _small_disk(self, options: str) -> Iterator[None]:
        disk = REPORT / "disk"
        disk.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True)
        self.trial.drive("f", disk)
        try:
            yield
        finally:
            self.trial.wine.settle()
            subprocess.run(["umount", str(disk)], check=True)

    def _whole(self, folder: Path) -> dict[str, int]:
        return {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}

    @contextmanager
    def _nothing_left(self, name: str, may: str = OWN_DATA) -> Iterator[None]:
        """What lies and stands there afterwards that did not before is an error, but for what `may` fits."""
        self.trial.wine.settle()
        before = self.trial.listing()
        added = Listing(frozenset(), frozenset())
        try:
            yield
        finally:
            self.trial.wine.settle()
            added = self.trial.listing().since(before)
            (REPORT / f"{name}-left.txt").write_text("\n".join(added.lines()) + "\n", "utf-8")
        left = [line for line in added.lines() if not re.search(may, line)]
        expect(not left, f"{name}: left behind: {left[:20]}")


_RUN = r"{}\Software\Microsoft\Windows\CurrentVersion\Run"
_UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall"
_VERSION = r"""
import ctypes, sys
api = ctypes.windll.version
for name in sys.argv[1:]:
    size = api.GetFileVersionInfoSizeW(name, None)
    data = ctypes.create_string_buffer(size)
    api.GetFileVersionInfoW(name, 0, size, data)
    value, length = ctypes.c_void_p(), ctypes.c_uint()
    api.VerQueryValueW(data, r"\VarFileInfo\Translation", ctypes.byref(value), ctypes.byref(length))
    language, page = ctypes.cast(value, ctypes.POINTER(ctypes.c_ushort))[0:2]
    for part in ("ProductVersion", "FileVersion", "CompanyName", "FileDescription", "LegalCopyright"):
        value, length = ctypes.c_wchar_p(), ctypes.c_uint()
        api.VerQueryValueW(data, rf"\StringFileInfo\{language:04X}{page:04X}\{part}", ctypes.byref(value), ctypes.byref(length))
        print(part, value.value)
"""


def _started(place: str) -> str:
    """What Windows calls when somebody signs in."""
    return rf'"{place}\program\videoberatung.exe" --autostart'


def _demonstration_lines(place: str, shots: Path) -> list[str]:
    return [
        "set QT_QPA_PLATFORM=offscreen:configfile=offscreen.json",
        r"set QT_QPA_FONTDIR=Z:\usr\share\fonts\truetype\noto",
        r"set PATH=C:\browser;%PATH%",
        r"cd /d C:\ ",
        rf'"{place}\program\videoberatung-console.exe" demo --unattended --shots {here(shots)} --json {here(shots / "demo.json")}',
        "echo status %ERRORLEVEL%",
    ]


def browser_variables(folder: Path) -> dict[str, str]:
    """For both halves of the browser; what ends in HERE is for this machine's."""
    beat, done = folder / "beat", folder / "done"
    return {
        "VB_BROWSER_SCRIPT": str(ROOT / "tools/windows/browser.py"),
        "VB_BROWSER_BEAT": here(beat),
        "VB_BROWSER_DONE": here(done),
        "VB_BROWSER_BEAT_HERE": str(beat),
        "VB_BROWSER_DONE_HERE": str(done),
        "VB_BROWSER_LOG_HERE": str(folder / "browser.log"),
    }


def compile_browser(folder: Path) -> None:
    """`chromium.exe` there."""
    folder.mkdir(exist_ok=True)
    subprocess.run([COMPILER, "-O2", "-s", "-o", str(folder / "chromium.exe"), str(SOURCES / "chromium.c")], check=True)


def remove(path: Path) -> None:
    """A file or a folder, if it is there."""
    shutil.rmtree(path, ignore_errors=True)
    path.unlink(missing_ok=True)


def expect(right: bool, what: str) -> None:
    """Raises Wrong."""
    if not right:
        raise Wrong(what)


def wait_for(condition: Callable[[], bool], what: str, seconds: float = WAIT_S) -> None:
    """Raises Wrong if it does not come about in time."""
    end = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < end, f"waited {seconds:.0f} s for {what}")
        time.sleep(0.5)


ALL = ("signatures", "machine", "person", "switches", "versions", "full", "rights", "data", "package", "running")


def main() -> int:
    """Gives 1 if a step is not as it was promised."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("steps", nargs="*", choices=[[], *ALL])
    steps, wrong = Steps(), 0
    chosen = parser.parse_args().steps or ALL
    steps.prepare()
    say("prepared")
    for name in chosen:
        try:
            getattr(steps, name)()
            say(f"{name}: holds")
        except (Wrong, subprocess.SubprocessError, OSError, ValueError, KeyError) as error:
            wrong += 1
            say(f"{name}: {type(error).__name__}: {error}")
            steps.trial.make()
    return 1 if wrong else 0


def say(what: str) -> None:
    """With the time of day."""
    print(f"windows: {time.strftime('%H:%M:%S')}  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
