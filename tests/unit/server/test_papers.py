"""What an agency's IT gets beside the program: units, settings, alert rules and the handbook, held against the program itself."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from app.server.logs import FIELDS
from app.server.metrics import PrometheusMeter
from app.server.settings import Settings, SettingsError, read_environment, variables

ROOT = Path(__file__).parents[3]
PAPERS = ROOT / "packaging/server"
EXAMPLES = PAPERS / "examples"
HANDBOOK = ROOT / "docs/handbook/server.md"
UNITS = ["videoberatung-server.service", "videoberatung-server@.service"]
BACKUP = "videoberatung-server-backup.service"


def done(*command: str | Path) -> str:
    """What a tool said that was content."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


# ---- systemd


@pytest.mark.parametrize("unit", [*UNITS, BACKUP])
def test_a_unit_is_as_closed_as_it_should_be(unit: str) -> None:
    said = done("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", PAPERS / unit)
    found = re.search(r"exposure level for \S+: (\d+\.\d)", said)
    assert found is not None
    assert float(found[1]) <= 2.0


def test_it_stays_so_with_the_right_to_a_port_below_1024(tmp_path: Path) -> None:
    place = tmp_path / UNITS[0]
    place.write_text((PAPERS / UNITS[0]).read_text("utf-8") + (PAPERS / "privileged-port.conf").read_text("utf-8"))
    said = done("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", place)
    assert "CAP_NET_BIND_SERVICE" in place.read_text("utf-8")
    assert "exposure level" in said


@pytest.mark.parametrize("unit", [*UNITS, BACKUP, BACKUP.replace("service", "timer")])
def test_a_unit_has_no_line_that_systemd_does_not_know(unit: str, tmp_path: Path) -> None:
    """Run against a root of its own, where the program is."""
    for program in ("videoberatung-server", "find"):
        (tmp_path / "usr/bin").mkdir(parents=True, exist_ok=True)
        (tmp_path / "usr/bin" / program).touch(0o755)
    place = tmp_path / "etc/systemd/system" / unit.replace("@", "@1")
    place.parent.mkdir(parents=True)
    place.write_text((PAPERS / unit).read_text("utf-8"))
    place.with_name(BACKUP).write_text((PAPERS / BACKUP).read_text("utf-8"))
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"--root={tmp_path}", place.name], capture_output=True, text=True, check=False
    )
    ours = [line for line in ran.stderr.splitlines() if "videoberatung" in line and "Unit" not in line and "not found" not in line]
    assert not ours, ran.stderr


def test_the_instances_differ_from_the_single_server_by_their_instance_alone() -> None:
    single, many = (
        [line for line in (PAPERS / unit).read_text("utf-8").splitlines() if line and not line.startswith("#")] for unit in UNITS
    )
    assert [line for line in many if line not in single] == [
        "Description=Videoberatung: waiting rooms and the clients' page, server %i",
        "Conflicts=videoberatung-server.service",
        "EnvironmentFile=/etc/videoberatung-server/instance-%i.env",
        "SyslogIdentifier=videoberatung-server-%i",
    ]
    assert [line for line in single if line not in many] == [
        "Description=Videoberatung: waiting rooms and the clients' page",
        "SyslogIdentifier=videoberatung-server",
    ]


def test_the_backup_is_as_closed_as_the_server_and_the_package_brings_it() -> None:
    server, backup = (
        (PAPERS / unit).read_text("utf-8").split("CapabilityBoundingSet=")[1].split("[Install]")[0] for unit in (UNITS[0], BACKUP)
    )
    closed = [[line for line in text.splitlines() if line] for text in (server, backup)]
    assert closed[0] == closed[1]
    recipe = (ROOT / "packaging/linux/nfpm-videoberatung-server.yaml").read_text("utf-8")
    for unit in (*UNITS, BACKUP, BACKUP.replace("service", "timer")):
        assert [f"dst: {folder}/systemd/system/{unit}," in recipe for folder in ("/lib", "/usr/lib")] == [True, True], unit


def test_users_and_folders_are_made_as_they_are_said(tmp_path: Path) -> None:
    for folder in ("etc", "var/lib"):
        (tmp_path / folder).mkdir(parents=True)
    done("systemd-sysusers", f"--root={tmp_path}", PAPERS / "sysusers.conf")
    assert re.search(r"^videoberatung-server:", (tmp_path / "etc/passwd").read_text(), re.MULTILINE)
    settings = tmp_path / "etc/videoberatung-server/environment"
    settings.parent.mkdir()
    settings.touch(0o644)
    done("systemd-tmpfiles", f"--root={tmp_path}", "--create", PAPERS / "tmpfiles.conf")
    modes = [path.stat().st_mode & 0o777 for path in (settings.parent, settings, tmp_path / "var/lib/videoberatung-server")]
    assert modes == [0o750, 0o640, 0o700]


# ---- settings

LINE = re.compile(r"#?(VB_[A-Z_]+)=(.*)")


def explained() -> list[tuple[str, str]]:
    """Each variable of the file with its value or example; a remark stands above its paragraph."""
    found: list[tuple[str, str]] = []
    for paragraph in (PAPERS / "environment").read_text("utf-8").split("\n\n"):
        lines = [LINE.fullmatch(line) for line in paragraph.splitlines()]
        if any(lines):
            assert lines[0] is None, f"nothing is said of {paragraph}"
        found += [(line[1], line[2]) for line in lines if line]
    return found


def test_every_setting_stands_explained_in_the_file_of_settings() -> None:
    names = [name for name, _ in explained()]
    assert sorted(names) == sorted(variables())


def test_every_value_of_that_file_can_be_used() -> None:
    for name, value in explained():
        if not name.endswith("_URL_FILE"):
            read_environment({"VB_DATA_DIR": "/x", name: value})
    with pytest.raises(SettingsError):
        read_environment({"VB_DATA_DIR": "/x", "VB_PUBLIC_PORT": "x"})


def test_a_line_that_is_commented_out_without_an_example_shows_what_holds_anyway() -> None:
    defaults = {field.name: field.default for field in msgspec.structs.fields(Settings)}
    for paragraph in (PAPERS / "environment").read_text("utf-8").split("\n\n"):
        if "for instance" in paragraph.lower():
            continue
        for name, value in re.findall(r"^#(VB_[A-Z_]+)=(.*)$", paragraph, re.MULTILINE):
            field = variables()[name]
            assert getattr(read_environment({"VB_DATA_DIR": "/x", name: value}), field) == defaults[field], name


# ---- alerts


def test_prometheus_reads_the_rules_and_they_speak_when_they_should() -> None:
    done("promtool", "check", "rules", EXAMPLES / "prometheus-rules.yml")
    done("promtool", "test", "rules", EXAMPLES / "prometheus-rules-test.yml")


def test_every_figure_of_a_rule_and_of_the_handbook_is_counted() -> None:
    counted = set(re.findall(r"^# TYPE (\w+)", PrometheusMeter().exposition().decode(), re.MULTILINE))
    counted |= {"videoberatung_stopping", "videoberatung_broker_settled", "videoberatung_tls_certificate_end_seconds"}
    rules = set(re.findall(r"\bvideoberatung_\w+", (EXAMPLES / "prometheus-rules.yml").read_text("utf-8")))
    assert {re.sub(r"_(bucket|count)$", "", name) for name in rules} <= counted
    said = re.findall(r"`(videoberatung_\w+)`", HANDBOOK.read_text("utf-8"))
    assert said
    assert {name for name in said if name != "videoberatung_process_"} <= counted


def test_every_alert_says_what_it_means_and_leads_to_what_to_do() -> None:
    text = (EXAMPLES / "prometheus-rules.yml").read_text("utf-8")
    alerts = re.split(r"^ +- alert: ", text, flags=re.MULTILINE)[1:]
    assert len(alerts) > 8
    for alert in alerts:
        fields = dict(re.findall(r'^ +(summary|description|runbook): "(.+)"$', alert, re.MULTILINE))
        assert set(fields) == {"summary", "description", "runbook"}, alert
        paper, _, anchor = fields["runbook"].partition("#")
        assert anchor in set(anchors(ROOT / paper)), anchor


def test_prometheus_has_nothing_to_say_against_the_figures() -> None:
    meter = PrometheusMeter()
    for tell in (meter.admitted, meter.failed_inside):
        tell()
    ran = subprocess.run(["promtool", "check", "metrics"], input=meter.exposition(), capture_output=True, check=False)
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, b"")


# ---- the handbook


def anchors(paper: Path) -> Iterator[str]:
    """Of its headings, as GitHub makes them."""
    for heading in re.findall(r"^#+ (.+)$", paper.read_text("utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("paper", [HANDBOOK, HANDBOOK.with_name("server-log.md")], ids=lambda paper: paper.name)
def test_no_link_within_the_papers_leads_nowhere(paper: Path) -> None:
    for place, anchor in re.findall(r"\]\(([\w./-]*)#([^)]+)\)", paper.read_text("utf-8")):
        assert anchor in set(anchors(paper.parent / place if place else paper)), anchor


def test_the_handbook_lists_every_event_with_its_level_and_fields() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \|([^|]*)\|", HANDBOOK.with_name("server-log.md").read_text("utf-8"), re.MULTILINE)
    listed = {(event, level): set(re.findall(r"`(\w+)`", fields)) for event, level, fields in rows}
    logged: dict[tuple[str, str], set[str]] = {}
    for file in (ROOT / "app/server").rglob("*.py"):
        for event, level, fields in events(ast.parse(file.read_text("utf-8"))):
            logged.setdefault((event, level), set()).update(fields)
    assert listed == logged
    assert set().union(*logged.values()) <= FIELDS


def events(module: ast.Module) -> Iterator[tuple[str, str, set[str]]]:
    """Name, level and fields of what a module logs. A name that is looked up stands as a value in the module's `EVENTS`."""
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[first, *_]):
                fields = {word.arg for word in node.keywords if word.arg}
                for event in [first.value] if isinstance(first, ast.Constant) else table_of_events(module):
                    yield str(event), level, {"error", "where"} if fields == {"exc_info"} else fields


def table_of_events(module: ast.Module) -> set[str]:
    tables = [node.value for node in module.body if isinstance(node, ast.Assign) and "EVENTS" in ast.unparse(node.targets[0])]
    assert tables, "an event whose name is not written out"
    return set(ast.literal_eval(tables[0]).values())


def test_no_two_sections_of_the_handbook_have_the_same_name() -> None:
    names = sorted(anchors(HANDBOOK))
    assert [one for one, other in pairwise(names) if one == other] == []


def test_the_packed_server_has_every_folder_of_resources_that_it_reads() -> None:
    recipe = (ROOT / "packaging/freeze/videoberatung.spec").read_text("utf-8").partition("server = trimmed(")[2]
    sources = [file.read_text("utf-8") for file in (ROOT / "app/server").rglob("*.py")]
    read = {name for source in sources for name in re.findall(r"\b(?:RESOURCES|resources) / \"(\w+)\"", source)}
    assert {"i18n", "survey", "web", "words"} <= read
    assert [name for name in sorted(read) if f'tree("resources/{name}"' not in recipe] == []
