"""Every fault that the counsellor's check can meet: how it is provoked here, and the test that shows what becomes of it.

`tests/e2e/check_page_table.py` is the same for the client's check. `real`: the thing itself (a machine without devices, a null sink, a cut
line, a strange certificate, a person who says no). `shim`: an object of the test stands in for what no test machine may or can do.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.checks import Fault, ProvokedBy

REAL, SHIM = ProvokedBy.REAL, ProvokedBy.SHIM
NETWORK = "tests/unit/services/checks/test_network.py"
LINE = "tests/e2e/test_check_network.py"
SYSTEM = "tests/unit/services/checks/test_system.py"
LISTED = "tests/unit/services/checks/test_check_list.py"
SOUND = "tests/e2e/media/test_measuring.py"
PROBES = "tests/unit/media/measuring/test_probes.py"
PERMISSIONS = "tests/unit/media/measuring/test_permissions.py"


@dataclass(frozen=True)
class Row:
    """One fault."""

    provoked_by: ProvokedBy
    file: str
    test: str


COUNSELLOR: dict[Fault, Row] = {
    Fault.DNS_WRONG: Row(REAL, NETWORK, "test_the_name_is_not_known"),
    Fault.CERTIFICATE_UNTRUSTED: Row(REAL, NETWORK, "test_certificates"),
    Fault.PROXY_REFUSED: Row(REAL, NETWORK, "test_the_proxy_refuses"),
    Fault.SERVER_UNREACHABLE: Row(REAL, LINE, "test_what_a_firewall_drops_without_a_word"),
    Fault.WEBSOCKET_BLOCKED: Row(REAL, NETWORK, "test_a_firewall_lets_no_websocket_through"),
    Fault.RELAY_REFUSED: Row(REAL, LINE, "test_what_a_firewall_drops_without_a_word"),
    Fault.UDP_BLOCKED: Row(REAL, LINE, "test_what_a_firewall_drops_without_a_word"),
    Fault.BANDWIDTH_SMALL: Row(REAL, LINE, "test_a_narrow_way"),
    Fault.LOSS_HIGH: Row(REAL, LINE, "test_loss_of_packets"),
    Fault.DELAY_HIGH: Row(REAL, LINE, "test_a_long_way"),
    Fault.JITTER_HIGH: Row(REAL, LINE, "test_jitter"),
    Fault.MIC_NONE: Row(REAL, SOUND, "test_what_goes_or_is_not_there_is_told"),
    Fault.MIC_DENIED: Row(SHIM, PERMISSIONS, "test_the_switches_of_windows"),
    Fault.MIC_BLOCKED: Row(SHIM, PERMISSIONS, "test_the_switches_of_windows"),
    Fault.MIC_BUSY: Row(SHIM, PROBES, "test_why_a_simulated_microphone_does_not_open"),
    Fault.MIC_ENDED: Row(REAL, SOUND, "test_what_goes_or_is_not_there_is_told"),
    Fault.MIC_SILENT: Row(REAL, SOUND, "test_a_microphones_fault_is_found"),
    Fault.MIC_QUIET: Row(REAL, SOUND, "test_a_microphones_fault_is_found"),
    Fault.MIC_CLIPPING: Row(REAL, SOUND, "test_a_microphones_fault_is_found"),
    Fault.MIC_HUM: Row(REAL, SOUND, "test_a_microphones_fault_is_found"),
    Fault.MIC_WRONG: Row(REAL, SOUND, "test_a_microphone_is_found_that_hears_better"),
    Fault.SPEAKER_NONE: Row(REAL, SOUND, "test_what_goes_or_is_not_there_is_told"),
    Fault.SPEAKER_BUSY: Row(SHIM, PROBES, "test_why_a_simulated_loudspeaker_does_not_open"),
    Fault.SPEAKER_WRONG: Row(REAL, LISTED, "test_a_person_leads_through_it"),
    Fault.SPEAKER_ECHO: Row(REAL, SOUND, "test_the_echo_comes_as_late_as_it_does"),
    Fault.CAMERA_NONE: Row(REAL, PROBES, "test_one_that_does_not_open_tells_why"),
    Fault.CAMERA_DENIED: Row(SHIM, PERMISSIONS, "test_the_switches_of_windows"),
    Fault.CAMERA_BLOCKED: Row(SHIM, PERMISSIONS, "test_the_switches_of_windows"),
    Fault.CAMERA_BUSY: Row(SHIM, PROBES, "test_one_that_does_not_open_tells_why"),
    Fault.CAMERA_ENDED: Row(REAL, PROBES, "test_a_camera_that_ends_is_told"),
    Fault.CAMERA_FROZEN: Row(REAL, PROBES, "test_a_cameras_fault_is_seen"),
    Fault.CAMERA_DARK: Row(REAL, PROBES, "test_a_cameras_fault_is_seen"),
    Fault.CAMERA_BACKLIGHT: Row(REAL, PROBES, "test_a_cameras_fault_is_seen"),
    Fault.CAMERA_SLOW: Row(REAL, PROBES, "test_a_cameras_fault_is_seen"),
    Fault.CAMERA_WRONG: Row(REAL, LISTED, "test_who_does_not_see_themselves_has_another_camera"),
    Fault.CLOCK_WRONG: Row(REAL, NETWORK, "test_a_server_whose_clock_is_another"),
    Fault.MEMORY_LOW: Row(SHIM, SYSTEM, "test_little_memory_and_an_empty_battery"),
    Fault.LOAD_HIGH: Row(REAL, SYSTEM, "test_a_busy_machine"),
    Fault.KEYRING_NONE: Row(REAL, SYSTEM, "test_no_key_store"),
    Fault.BATTERY_LOW: Row(SHIM, SYSTEM, "test_little_memory_and_an_empty_battery"),
    Fault.NOT_MEASURED: Row(SHIM, LISTED, "test_a_step_that_breaks_down_is_a_finding_and_the_next_one_goes_on"),
}
