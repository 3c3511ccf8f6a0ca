"""The golden messages, read by Python. The page's tests read the same files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.domain.secrets import hash_code, hash_secret, look_key
from app.wire import messages, readiness, safety_words, talk
from app.wire.codes import CloseCode, Code, WireError

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
CODECS = {
    "page_to_server": (messages.page_codec(), messages.FromPage),
    "server_to_page": (messages.page_side_codec(), messages.ToPage),
    "workstation_to_server": (messages.workstation_codec(), messages.FromWorkstation),
    "server_to_workstation": (messages.control_codec(), messages.ToWorkstation),
}


def golden(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text("utf-8"))


@pytest.mark.parametrize("direction", CODECS)
def test_every_golden_message_is_read_and_written_back_unchanged(direction: str) -> None:
    codec, _ = CODECS[direction]
    for message in golden("messages.json")[direction]:
        assert json.loads(messages.encode(codec.parse(json.dumps(message)))) == message


@pytest.mark.parametrize("direction", CODECS)
def test_every_type_of_a_direction_has_a_golden_message(direction: str) -> None:
    _, union = CODECS[direction]
    known = {kind.__struct_config__.tag for kind in union.__args__}
    assert {message["type"] for message in golden("messages.json")[direction]} == known


def test_the_paper_names_every_type_and_every_code() -> None:
    paper = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", (ROOT / "app/wire/PROTOCOL.md").read_text("utf-8")))
    types = {kind.__struct_config__.tag for _, union in CODECS.values() for kind in union.__args__}
    assert {*types, *(code.value for code in Code), *(str(code.value) for code in CloseCode)} <= paper


def test_talk_messages_are_read_and_written_back_unchanged() -> None:
    lines = golden("messages.json")["talk"]
    for line in lines:
        assert json.loads(talk.encode_talk(talk.parse_talk(json.dumps(line)))) == line
    assert {line["type"] for line in lines} == {kind.__struct_config__.tag for kind in talk.TalkMessage.__args__}


@pytest.mark.parametrize("broken", golden("broken_from_page.json"), ids=lambda b: b["text"][:40] or "empty")
def test_broken_messages_have_a_stable_code(broken: dict[str, str]) -> None:
    with pytest.raises(WireError) as caught:
        messages.page_codec().parse(broken["text"])
    assert caught.value.code.value == broken["code"]


@pytest.mark.parametrize("report", golden("reports.json")["reports"], ids=" ".join)
def test_every_golden_report_is_read_and_written_back_unchanged(report: dict[str, str]) -> None:
    assert json.loads(msgspec.json.encode(readiness.parse_report(json.dumps(report)))) == report


@pytest.mark.parametrize("broken", golden("reports.json")["broken"])
def test_broken_reports_are_malformed(broken: str) -> None:
    with pytest.raises(WireError):
        readiness.parse_report(broken)


def test_the_hash_of_a_code_has_a_context_of_its_own() -> None:
    code = golden("reports.json")["code"]
    assert hash_code(code["digits"]) == code["code_hash"] != hash_secret(code["digits"])


def test_the_look_key_cannot_be_confused_with_the_token() -> None:
    values = golden("look.json")
    assert look_key(values["token"]) == values["look"]
    assert hash_secret(values["token"]) == values["token_hash"]
    assert hash_secret(values["look"]) == values["look_hash"]
    assert len({*values.values()}) == 4


def test_safety_words_vectors() -> None:
    v = golden("safety_words.json")
    prints = safety_words.Fingerprints(browser=v["browser_fingerprint"], program=v["program_fingerprint"])
    assert safety_words.commitment(v["browser_nonce"]) == v["commitment"]
    assert list(safety_words.word_indices(prints, v["browser_nonce"], v["program_nonce"])) == v["indices"]
    later = v["later"]
    prints = safety_words.Fingerprints(browser=later["browser_fingerprint"], program=later["program_fingerprint"])
    for side in ("browser", "program"):
        assert safety_words.keep_mac(side, later["epoch"], prints, v["browser_nonce"], v["program_nonce"]) == later[f"mac_{side}"]
