"""What can go wrong: how each fault is provoked here. For a client's devices and browser also what the page must say; for everything else
which tests show what becomes of it.

`real`: the thing's own behaviour. `by-cdp`: the browser is told by its own protocol to behave so. `shim`: a script in the page stands in
for what this machine cannot do; what the real thing looks like stands in docs/known-limits.md. `netns`: a network namespace loses or
changes its line. `kill`: SIGKILL, without a last word. `fake-service`: the program speaks over a real bus or sound system with a service
made for the test. `fake`: an object of the test stands in for what fails.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ProvokedBy(enum.Enum):
    """How honest a row is."""

    REAL = "real"
    BY_CDP = "by-cdp"
    SHIM = "shim"
    NETNS = "netns"
    KILL = "kill"
    FAKE_SERVICE = "fake-service"
    FAKE = "fake"


@dataclass(frozen=True)
class Fault:
    """One row."""

    name: str
    provoked_by: ProvokedBy
    sentence: str
    """Key of what the page says, or the words themselves where they stand in the document."""
    trouble: str = ""
    """Row of the page's own table (`resources/web/troubles.js`), where it is one of those."""
    script: str = ""
    """Runs in the page before its own; `fault.on = false` ends the fault."""
    agent: str = ""
    """What the browser calls itself."""
    way: str = "#ask-again"
    """What the person taps when the fault is over."""
    leads_to: str = "preview"


def refusing(name: str, message: str) -> str:
    """`getUserMedia` refuses with this error."""
    return f"""globalThis.fault = {{ on: true }};
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wish) =>
      fault.on ? Promise.reject(new DOMException('{message}', '{name}')) : ask(wish);"""


SILENT = """globalThis.fault = { on: true };
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wish) => {
  const stream = await ask(wish);
  if (!fault.on || !wish.audio) return stream;
  stream.getAudioTracks().forEach((track) => track.stop());
  const silence = new AudioContext().createMediaStreamDestination().stream.getAudioTracks();
  return new MediaStream([...silence, ...stream.getVideoTracks()]);
};"""
HELD_BACK = """const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  return this.muted || !fault.on ? play.call(this) : Promise.reject(new DOMException('no', 'NotAllowedError'));
};"""
NO_DEVICES = """globalThis.fault = { on: true };
Object.defineProperty(Navigator.prototype, 'mediaDevices', { get: () => undefined });"""
NOT_SECURE = """globalThis.fault = { on: true };
Object.defineProperty(window, 'isSecureContext', { value: false });
Object.defineProperty(crypto, 'subtle', { value: undefined });"""
TOO_OLD = "delete Object.hasOwn;"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
FACEBOOK = f"{IPHONE} [FBAN/FBIOS;FBAV/470.0.0.0;FBBV/1]"

ON_THE_WAY = (
    Fault("denied", ProvokedBy.REAL, "page.devices.error.denied", "denied"),
    Fault(
        "blocked by the system",
        ProvokedBy.SHIM,
        "page.devices.error.blocked",
        "blocked",
        refusing("NotAllowedError", "Permission denied by system"),
    ),
    Fault("not found", ProvokedBy.REAL, "page.devices.error.missing", "missing", way="#ask-nothing"),
    Fault("busy", ProvokedBy.SHIM, "page.devices.error.busy", "busy", refusing("NotReadableError", "Could not start video source")),
    Fault("unknown", ProvokedBy.SHIM, "page.devices.error.unknown", "unknown", refusing("TypeError", "")),
    Fault("no devices for pages", ProvokedBy.SHIM, "page.devices.error.unsupported", "unsupported", NO_DEVICES, way="#ask-nothing"),
    Fault(
        "no devices in an in-app browser", ProvokedBy.SHIM, "page.devices.error.in-app", "in-app", NO_DEVICES, FACEBOOK, way="#ask-nothing"
    ),
)
"""Met on the way to the preview."""

AT_THE_DOOR = (
    Fault("in-app browser", ProvokedBy.BY_CDP, "page.in-app.what", agent=FACEBOOK, way="#stay", leads_to="welcome"),
    Fault(
        "browser inside of an app without a name",
        ProvokedBy.BY_CDP,
        "page.in-app.what-app",
        agent=IPHONE,
        way="#copy-link",
        leads_to="elsewhere",
    ),
    Fault("not encrypted", ProvokedBy.SHIM, "page.error.insecure", script=NOT_SECURE, way="#phone", leads_to="closed"),
)
"""Met before the first tap."""

IN_THE_CONVERSATION = (
    Fault("the sound is held back until a tap", ProvokedBy.SHIM, "page.room.sound-held", script=HELD_BACK, way="#sound-on"),
    Fault("silent microphone", ProvokedBy.SHIM, "page.devices.error.silent", "silent", SILENT),
    Fault("camera and microphone taken away", ProvokedBy.BY_CDP, "page.devices.error.ended", "ended"),
    Fault("a call takes the sound", ProvokedBy.SHIM, "page.devices.error.interrupted", "interrupted"),
)
"""Met while both talk; one tap leads back to picture and sound, in the same seat."""

TOO_OLD_BROWSER = Fault("too old browser", ProvokedBy.SHIM, "Dieser Browser ist zu alt", script=TOO_OLD, way="#old-phone", leads_to="")
"""Met instead of the page: no part of it runs."""


@dataclass(frozen=True)
class Elsewhere:
    """One row about something that is no client's device or browser."""

    name: str
    provoked_by: ProvokedBy
    shown_by: tuple[str, ...]
    """`FILE::TEST` from `tests/` on; of a JavaScript file the test's title or its beginning."""


NETWORK = (
    Elsewhere("the client's address changes", ProvokedBy.NETNS, ("e2e/test_recovery_network.py::test_the_clients_network_changes",)),
    Elsewhere(
        "the counsellor's address changes", ProvokedBy.NETNS, ("e2e/test_recovery_network.py::test_the_counsellors_network_changes",)
    ),
    Elsewhere("no network for five seconds", ProvokedBy.NETNS, ("e2e/test_session_recovery.py::test_five_seconds_without_network",)),
    Elsewhere("no way for picture and sound", ProvokedBy.FAKE, ("unit/web/situation.test.js::a connection that does not come about",)),
    Elsewhere(
        "slow line, slow telephone",
        ProvokedBy.BY_CDP,
        ("e2e/test_page_slow.py::test_an_old_telephone_on_a_poor_line_gets_into_the_conversation",),
    ),
    Elsewhere("weak line on one side", ProvokedBy.FAKE, ("contract/test_line_verdicts.py::test_both_reports_lead_to_the_golden_verdict",)),
    Elsewhere("somebody in between", ProvokedBy.REAL, ("e2e/test_session_words.py::test_different_with_a_man_in_the_middle",)),
    Elsewhere(
        "a page's language cannot be had",
        ProvokedBy.BY_CDP,
        ("e2e/test_page_door.py::test_a_language_that_cannot_be_had_leaves_the_page_as_it_was_and_says_so",),
    ),
)
SERVER = (
    Elsewhere(
        "killed",
        ProvokedBy.KILL,
        (
            "e2e/test_session_recovery.py::test_media_go_on_while_the_server_is_killed_and_started_again",
            "e2e/test_session_recovery.py::test_who_waits_still_waits_after_the_server_was_killed",
        ),
    ),
    Elsewhere("cannot be started", ProvokedBy.FAKE, ("ui/test_server_notice.py::test_told_once_when_the_child_gives_up",)),
    Elsewhere(
        "port taken",
        ProvokedBy.REAL,
        ("unit/server/test_embedded.py::test_a_taken_port_is_said_so_that_the_program_can_choose_another",),
    ),
    Elsewhere(
        "database gone",
        ProvokedBy.REAL,
        ("unit/server/test_hub_refusals.py::test_without_its_database_the_server_says_so_and_lives_on",),
    ),
    Elsewhere("full", ProvokedBy.REAL, ("unit/server/test_protocols.py::test_more_than_fit_are_turned_away_until_somebody_goes",)),
    Elsewhere(
        "nonsense from a page",
        ProvokedBy.REAL,
        (
            "unit/server/test_hub_refusals.py::test_whatever_one_page_sends_nobody_else_notices",
            "unit/web/session.test.js::a page that is misunderstood three times in a row",
        ),
    ),
)
PROGRAM = (
    Elsewhere("killed", ProvokedBy.KILL, ("e2e/test_program_killed.py::test_a_killed_program_takes_its_conversation_up_again",)),
    Elsewhere("error nobody thought of", ProvokedBy.FAKE, ("ui/test_small_things.py::test_crash_in_another_thread_reaches_the_person",)),
    Elsewhere("media engine missing", ProvokedBy.FAKE, ("ui/test_agenda.py::test_engine_that_is_not_there_is_said_in_a_sentence",)),
    Elsewhere(
        "settings broken",
        ProvokedBy.REAL,
        ("unit/services/test_profile.py::test_a_broken_file_is_kept_aside_and_the_next_start_works",),
    ),
    Elsewhere("key store locked", ProvokedBy.FAKE, ("unit/services/test_keys.py::test_a_store_that_is_locked_gives_a_key_for_this_run",)),
)
COUNSELLORS_DEVICES = (
    Elsewhere(
        "pulled out and put back", ProvokedBy.FAKE_SERVICE, ("e2e/media/test_portaudio.py::test_devices_come_and_go_and_the_call_stays",)
    ),
    Elsewhere("not found", ProvokedBy.REAL, ("unit/media/test_engine.py::test_a_missing_device_is_told_and_the_call_goes_on",)),
    Elsewhere("camera busy", ProvokedBy.FAKE, ("unit/media/test_cameras.py::test_one_that_does_not_open_is_busy",)),
    Elsewhere(
        "camera stops without a word", ProvokedBy.FAKE, ("unit/media/test_cameras.py::test_one_that_stops_without_a_word_is_noticed",)
    ),
    Elsewhere("silent microphone", ProvokedBy.FAKE, ("unit/media/test_devices.py::test_silence_is_told_once_and_taken_back",)),
    Elsewhere("each trouble in a sentence", ProvokedBy.FAKE, ("ui/test_call_window.py::test_device_trouble_is_told_with_a_way_out",)),
)
DESKTOP = (
    Elsewhere("tray and notifications", ProvokedBy.FAKE_SERVICE, ("ui/test_desktop_bus.py::test_a_morning_of_arrivals",)),
    Elsewhere("screen cannot be captured", ProvokedBy.FAKE, ("ui/test_screens.py::test_every_error_of_qt_has_a_sentence",)),
    Elsewhere("shown window closed", ProvokedBy.FAKE, ("ui/test_comfort.py::test_a_shown_window_that_is_closed_is_told",)),
)
ELSEWHERE = (*NETWORK, *SERVER, *PROGRAM, *COUNSELLORS_DEVICES, *DESKTOP)
MEANS = {
    ProvokedBy.NETNS: ("netns",),
    ProvokedBy.KILL: ("SIGKILL", ".kill()"),
    ProvokedBy.BY_CDP: ("new_cdp_session", "page.route"),
    ProvokedBy.FAKE_SERVICE: ("dbus-run-session", "sound_system"),
}
"""One of these stands in the file of a test that provokes a fault in this way."""
