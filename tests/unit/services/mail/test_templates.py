"""Templates of the agency: used where they hold what they must, refused with a sentence otherwise, and never at the invitation's cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from app.domain.mails import MailKind
from app.paths import RESOURCES
from app.services.mail.places import NAMES
from app.services.mail.templates import MAX_LETTERS, PARTS, SAMPLE, TEMPLATES, TemplateRefused, Templates
from app.services.mail.writer import AgencyMailWriter
from app.texts import Texts, languages
from tests.support.letters import PHONE, SETTINGS, invited, link_of, parsed, part, writer, written

OWN = RESOURCES / "mail"
GOOD = "Subject: Ihr Gespräch am {{ short_date }}\n\nGuten Tag {{ name }},\n\nhier ist Ihr Link:\n\n{{ link }}\n"


@pytest.fixture
def templates() -> Templates:
    return Templates.read(OWN)


def refusal(templates: Templates, text: str, name: str = "invitation") -> TemplateRefused:
    with pytest.raises(TemplateRefused) as refused:
        templates.tried(name, "de", text, SAMPLE)
    for language in languages(RESOURCES / "i18n"):
        assert Texts.load(RESOURCES / "i18n", language, "app")(refused.value.key, **refused.value.values)
    return refused.value


def test_every_language_has_every_template_and_part_and_they_hold_what_they_must(templates: Templates) -> None:
    assert templates.languages == ["de", "en"]
    for language in templates.languages:
        assert {path.stem for path in (OWN / language).iterdir()} == {*TEMPLATES, *PARTS}
        for name in TEMPLATES:
            text = (OWN / language / f"{name}.txt").read_text("utf-8")
            assert templates.tried(name, language, text, SAMPLE).subject


def test_a_good_one_is_shown_as_it_would_go_out() -> None:
    preview = writer().preview_template("invitation", "de", GOOD, SAMPLE)
    assert preview.subject == "Ihr Gespräch am 1. Dezember 2026"
    assert f'<a href="{SAMPLE.link}">' in preview.html
    assert "Kim Muster" in preview.plain


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("Subject: Ohne Link\n\nGuten Tag\n", "no-link", {}),
        ("Subject: Nur manchmal\n\n{% if on_site %}{{ link }}{% endif %}\n", "no-link", {}),
        ("Guten Tag\n\n{{ link }}\n", "no-subject", {}),
        ("Subject: \n\n{{ link }}\n", "no-subject", {}),
        ("Subject: {{ link }}\n\n{{ link }}\n", "secret-in-subject", {}),
        ("Subject: {{ name }}\n\n{{ link }}\n", "secret-in-subject", {}),
        ("Subject: Code {{ code }}\n\n{{ link }}\n", "secret-in-subject", {}),
        (GOOD + "{{ kundennummer }}", "unknown-place", {"place": "kundennummer"}),
        (GOOD + "{% if thema %}x{% endif %}", "unknown-place", {"place": "thema"}),
        (GOOD + "{{ link.__class__ }}", "not-allowed", {"line": "8"}),
        (GOOD + "{{ ''.join([link]) }}", "not-allowed", {}),
        (GOOD + "{% for x in date %}{{ x }}{% endfor %}", "not-allowed", {}),
        (GOOD + "{% set link = 'x' %}", "not-allowed", {}),
        (GOOD + '{% include "/etc/passwd" %}', "not-allowed", {}),
        (GOOD + '{% include "invitation" %}', "not-allowed", {}),
        (GOOD + "{{ link|upper }}", "not-allowed", {}),
        (GOOD + "{% if %}", "broken", {"line": "8"}),
        (GOOD + "{{ link", "broken", {}),
        (GOOD + '<img src="x">', "markup", {}),
        (GOOD + "![Logo](logo.png)", "markup", {}),
        (GOOD + "&nbsp;", "markup", {}),
        (GOOD + "https://agency.example/umfrage", "foreign-address", {}),
        (GOOD + "WWW.agency.example", "foreign-address", {}),
        (GOOD + "javascript:alert(1)", "foreign-address", {}),
        (GOOD + "x" * MAX_LETTERS, "too-long", {}),
        ("", "no-subject", {}),
    ],
)
def test_a_bad_one_is_refused_with_a_sentence(templates: Templates, text: str, key: str, values: dict[str, str]) -> None:
    refused = refusal(templates, text)
    assert refused.key == f"app.mail.template.{key}"
    assert refused.values.items() >= values.items()


def test_a_cancellation_needs_no_link(templates: Templates) -> None:
    text = "Subject: Ihr Termin am {{ short_date }} entfällt\n\nGuten Tag\n"
    assert templates.tried("cancelled", "de", text, SAMPLE).body == "Guten Tag"


def agency(folder: Path, **texts: str) -> AgencyMailWriter:
    (folder / "de").mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / "de" / f"{name.replace('_', '-')}.txt").write_text(text, "utf-8")
    return AgencyMailWriter.of("Beratung", PHONE, msgspec.structs.replace(SETTINGS, templates_folder=str(folder)), RESOURCES)


APPOINTMENT = invited()


def plain(by: AgencyMailWriter, kind: MailKind = MailKind.INVITATION) -> str:
    return str(part(parsed(written(kind, APPOINTMENT, by)), "text/plain").get_content())


def test_the_agencys_takes_the_place_of_ours_and_the_rest_stays(tmp_path: Path) -> None:
    by = agency(tmp_path, invitation=GOOD)
    assert "hier ist Ihr Link:" in plain(by)
    assert "Ihr Videogespräch" in plain(by, MailKind.REMINDER_MORNING)
    assert by.templates.refused == ()


def test_a_part_changes_all_that_include_it(tmp_path: Path) -> None:
    by = agency(tmp_path, part_ending="Ihr Team von {{ agency }}\n")
    assert all("Ihr Team von Beratung" in plain(by, kind) for kind in MailKind)


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        ({"invitation": "Subject: x\n\nOhne Link\n"}, "no-link"),
        ({"part_way_in": "Kommen Sie vorbei.\n"}, "no-link"),
        ({"einladung": GOOD}, "unknown-name"),
    ],
)
def test_a_bad_one_in_the_folder_stops_no_invitation(tmp_path: Path, texts: dict[str, str], key: str) -> None:
    by = agency(tmp_path, **texts)
    assert f"app.mail.template.{key}" in {refused.key for refused in by.templates.refused}
    assert plain(by) == plain(writer(agency="Beratung"))


def test_half_a_language_is_refused_and_names_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "invitation.txt").write_text(GOOD, "utf-8")
    templates = Templates.read(OWN, tmp_path)
    assert set(templates.refusals) == {f"fr/{name}" for name in TEMPLATES} - {"fr/invitation"}
    assert {refused.key for refused in templates.refused} == {"app.mail.template.missing"}
    assert templates.language_for("fr") == "de"
    for language in languages(RESOURCES / "i18n"):
        texts = Texts.load(RESOURCES / "i18n", language, "app")
        assert all(texts(refused.key, **refused.values) for refused in templates.refused)


def test_a_file_that_is_no_text_is_refused_as_such(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "invitation.txt").write_bytes(b"Subject: Gespr\xe4ch\n\n{{ link }}\n")
    (refused,) = Templates.read(OWN, tmp_path).refused
    assert (refused.key, refused.values) == ("app.mail.template.unreadable", {"template": "de/invitation"})


def test_a_broken_part_is_named_also_where_a_whole_includes_it(tmp_path: Path) -> None:
    by = agency(tmp_path, part_when="{% if %}\n", invitation=GOOD + '{% include "part-when" %}')
    assert {refused.values["template"] for refused in by.templates.refused} == {"de/part-when"}


def test_another_language_is_a_folder(tmp_path: Path) -> None:
    own = {f"{language}/{path.stem}": path.read_text("utf-8") for language in ("de", "en") for path in (OWN / language).iterdir()}
    arabic = {key.replace("en/", "ar/"): text for key, text in own.items() if key.startswith("en/")}
    templates = Templates(own | arabic)
    assert templates.language_for("ar-EG") == "ar"
    assert templates.say("invitation", "ar", SAMPLE).subject


def test_a_name_keeps_its_direction_to_itself(tmp_path: Path) -> None:
    by = agency(tmp_path, invitation=GOOD)
    appointment = invited(client=replace(invited().client, name="<b>מרים</b> 🦊"))
    preview = by.preview(MailKind.INVITATION, appointment, link_of(appointment))
    assert "Guten Tag \u2068<b>מרים</b> 🦊\u2069," in preview.plain
    assert "\u2068&lt;b&gt;מרים&lt;/b&gt; 🦊\u2069" in preview.html


def test_places_are_written_down_for_the_agency() -> None:
    paper = (RESOURCES.parent / "docs/handbook/it.md").read_text("utf-8")
    assert [name for name in sorted(NAMES) if f"`{name}`" not in paper] == []
