"""Mails as they go out: neutral, complete, equal in both forms, and nothing of a person in a header."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointments import Client, Way
from app.domain.mails import MailKind, MailState
from app.services.appointments.ports import BookError
from app.services.appointments.reminders import Reminders
from app.services.mail.outbox import stamped
from app.services.mail.places import FULL_KBPS, SAVING_KBPS
from app.services.mail.reminding import reminders_of
from app.services.mail.settings import MailSettings
from tests.support.letters import LINK_BASE, NOW, PHONE, SETTINGS, invited, link_of, parsed, part, read_html, unix, words, writer, written

WITH_LINK = [kind for kind in MailKind if kind is not MailKind.CANCELLED]
LANGUAGES = ["de", "en"]
CANARIES = re.compile("kanari", re.IGNORECASE)


def in_language(language: str, **values: object) -> Client:
    return replace(invited().client, language=language, **values)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MailKind)
def test_plain_text_and_html_say_the_same(kind: MailKind, language: str) -> None:
    message = parsed(written(kind, invited(client=in_language(language))))
    plain, html = part(message, "text/plain").get_content(), part(message, "text/html").get_content()
    said, _, _ = read_html(html)
    assert said == words(plain)
    assert f'<html lang="{language}" dir="ltr">' in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", WITH_LINK)
def test_what_a_client_needs_stands_in_it(kind: MailKind, language: str) -> None:
    appointment = invited(client=in_language(language))
    plain = part(parsed(written(kind, appointment)), "text/plain").get_content()
    expected = {
        "de": ["Dienstag, 1. Dezember 2026", "14:00 Uhr bis 14:30 Uhr", "freiwillig", "telefonieren", "zu uns", "Megabyte", "installieren"],
        "en": ["Tuesday, 1 December 2026", "14:00 to 14:30", "voluntary", "on the phone", "to us", "megabytes", "install"],
    }
    for text in [link_of(appointment), "123 456 789", LINK_BASE, PHONE, *expected[language]]:
        assert text in plain


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MailKind)
def test_no_pictures_no_foreign_hosts_no_scripts(kind: MailKind, language: str) -> None:
    appointment = invited(client=in_language(language))
    html = part(parsed(written(kind, appointment)), "text/html").get_content()
    _, addresses, tags = read_html(html)
    assert set(addresses) <= {link_of(appointment), LINK_BASE, "tel:0221123456"}
    assert tags <= {"html", "head", "meta", "title", "body", "div", "p", "br", "a", "h2", "ul", "li"}
    assert "url(" not in html


@pytest.mark.parametrize("kind", MailKind)
def test_nothing_of_a_person_stands_in_it_but_the_address_it_goes_to(kind: MailKind) -> None:
    appointment = invited()
    mail = written(kind, appointment)
    message = parsed(mail)
    whole = "\n".join([mail.message.decode(), *(str(p.get_content()) for p in message.walk() if p.get_content_maintype() == "text")])
    assert CANARIES.search(whole) is None
    assert "9999999" not in whole, "boundaries are digits of chance: the whole number is looked for"
    assert CANARIES.search(repr(mail)) is None
    assert "client.example" not in repr(mail)
    assert mail.recipient == message["To"] == "kunde@client.example"
    assert "client.example" not in "".join(f"{name}: {value}" for name, value in message.items() if name != "To")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MailKind)
def test_the_subject_is_neutral(kind: MailKind, language: str) -> None:
    subject = str(parsed(written(kind, invited(client=in_language(language))))["Subject"])
    assert re.search(r"1\.? De[cz]ember 2026", subject)
    assert not re.search(r"jobcenter|job|amt|agentur|beratung|leistung|video|http|123", subject, re.IGNORECASE)


def test_headers() -> None:
    mail = written(MailKind.INVITATION, invited(), writer(replace_settings(reply_to="fragen@agency.example")))
    message = parsed(mail)
    assert str(message["From"]) == "Beratung Köln <termine@agency.example>"
    assert (message["Reply-To"], message["Auto-Submitted"], message["Content-Language"]) == (
        "fragen@agency.example",
        "auto-generated",
        "de",
    )
    assert mail.message_id == f"<{mail.id}@agency.example>"
    assert message["Message-ID"] is message["Date"] is None
    assert [p.get_content_type() for p in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert mail.message.isascii()
    assert b"\n" not in mail.message.replace(b"\r\n", b"")
    assert max(map(len, mail.message.split(b"\r\n"))) <= 998
    assert (mail.state, mail.due_at, mail.next_try_at, mail.tries) == (MailState.WAITING, NOW, NOW, 0)
    assert stamped(mail, NOW).startswith(b"Date: Sat, 28 Nov 2026 13:00:00 +0000\r\nMessage-ID: <")


def replace_settings(**values: object) -> MailSettings:
    return msgspec.structs.replace(SETTINGS, **values)


def test_answers_are_invited_only_where_somebody_reads_them() -> None:
    plain = part(parsed(written(MailKind.INVITATION, invited())), "text/plain").get_content()
    assert "antworten Sie nicht" in plain
    answered = written(MailKind.INVITATION, invited(), writer(replace_settings(reply_to="fragen@agency.example")))
    assert "Sie können darauf antworten" in part(parsed(answered), "text/plain").get_content()


def test_without_a_phone_number_nobody_is_told_to_call() -> None:
    plain = part(parsed(written(MailKind.INVITATION, invited(), writer(phone=""))), "text/plain").get_content()
    assert "Rufen Sie uns an" not in plain
    assert "Bitte rufen Sie mich an" in plain


def test_who_saves_data_reads_that_number_alone() -> None:
    appointment = invited(client=replace(invited().client, save_data=True))
    plain = part(parsed(written(MailKind.INVITATION, appointment)), "text/plain").get_content()
    assert "höchstens 180 Megabyte" in plain
    assert "1100" not in plain


def test_the_page_expects_the_same_volume() -> None:
    source = (Path(__file__).parents[4] / "resources/web/data_use.js").read_text("utf-8")
    assert f"kbps: {SAVING_KBPS} " in source
    assert f"FULL_KBPS = {FULL_KBPS:_};" in source


@pytest.mark.parametrize(
    ("way", "said"), [(Way.VIDEO, "findet nicht statt"), (Way.PHONE, "sondern am Telefon"), (Way.ON_SITE, "bei uns im Haus")]
)
def test_cancelled_says_what_becomes_of_the_appointment(way: Way, said: str) -> None:
    message = parsed(written(MailKind.CANCELLED, invited(way=way, access=None)))
    plain = part(message, "text/plain").get_content()
    assert said in plain
    assert "http" not in plain
    assert ("entfällt" in message["Subject"]) is (way is Way.VIDEO)


def test_a_language_without_texts_is_written_to_in_german_a_variant_in_its_plain_form() -> None:
    assert parsed(written(MailKind.INVITATION, invited(client=in_language("uk"))))["Content-Language"] == "de"
    assert parsed(written(MailKind.INVITATION, invited(client=in_language("en-simple"))))["Content-Language"] == "en"


def test_across_midnight_the_end_names_its_day() -> None:
    late = invited(starts_at=unix(2026, 12, 1, 23, 45))
    lines = part(parsed(written(MailKind.INVITATION, late)), "text/plain").get_content().splitlines()
    assert "Dienstag, 1. Dezember 2026" in lines
    assert "23:45 Uhr bis 00:15 Uhr (2. Dezember 2026), Zeit in Deutschland" in lines


NO_ADDRESSES = ["", "kunde", "a@b", "kunde@client.example\r\nBcc: x@y.example", "a b@c.example", "ä@client.example", "a@-.de"]


@pytest.mark.parametrize("email", NO_ADDRESSES)
def test_no_mail_to_what_is_no_address(email: str) -> None:
    with pytest.raises(BookError) as refused:
        written(MailKind.INVITATION, invited(client=replace(invited().client, email=email)))
    assert (refused.value.key, refused.value.part) == ("app.appointment.draft.email", "email")


def test_a_domain_of_another_script_travels_in_ascii() -> None:
    mail = written(MailKind.INVITATION, invited(client=Client(email="kunde@straße.example")))
    assert (mail.recipient, parsed(mail)["To"]) == ("kunde@xn--strae-oqa.example", "kunde@xn--strae-oqa.example")


@pytest.mark.parametrize(
    ("name", "key"), [("x" * 10_000, "app.appointment.draft.too-many-letters"), ("A\r\nBcc: x", "app.appointment.draft.control-characters")]
)
def test_impossible_names_are_refused_everywhere(name: str, key: str) -> None:
    appointment = invited(client=Client(name=name, email="kunde@client.example"))
    by, link = writer(), link_of(appointment)
    for tried in (by.copy_text, by.letter, lambda a, at: by.preview(MailKind.INVITATION, a, at), lambda a, _: written(MailKind.MOVED, a)):
        with pytest.raises(BookError) as refused:
            tried(appointment, link)
        assert (refused.value.key, refused.value.part) == (key, "name")


@given(st.text(max_size=300), st.text(max_size=80))
def test_whatever_was_typed_a_mail_is_whole_or_refused(name: str, email: str) -> None:
    try:
        mail = written(MailKind.INVITATION, invited(client=Client(name=name, email=email)), WRITER)
    except BookError:
        return
    message = parsed(mail)
    assert set(message.keys()) == HEADERS
    assert message.defects == []
    assert len(message.get_all("To")) == 1


WRITER = writer()
HEADERS = {"From", "To", "Subject", "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type"}


def test_without_a_mail_server_there_is_still_the_letter_and_the_text() -> None:
    by, appointment = writer(None), invited()
    with pytest.raises(BookError, match="no-mail-server"):
        written(MailKind.INVITATION, appointment, by)
    assert link_of(appointment) in by.copy_text(appointment, link_of(appointment))
    assert by.letter(appointment, link_of(appointment)).startswith(b"%PDF")


def test_the_text_to_copy_speaks_of_no_mail() -> None:
    text = writer().copy_text(invited(), link_of(invited()))
    assert not re.search("e-?mail", text, re.IGNORECASE)
    assert "123 456 789" in text


def test_preview_is_what_goes_out() -> None:
    appointment = invited()
    preview = writer().preview(MailKind.MOVED, appointment, link_of(appointment))
    message = parsed(written(MailKind.MOVED, appointment))
    assert preview.subject == message["Subject"]
    assert preview.recipient == message["To"]
    assert preview.plain.split() == part(message, "text/plain").get_content().split()
    assert preview.html.split() == part(message, "text/html").get_content().split()


def test_reminders_as_the_agency_wants_them() -> None:
    assert reminders_of(None) == Reminders()
    off = replace_settings(day_before_hour=None, morning_hour=6)
    assert (reminders_of(off).day_before, reminders_of(off).morning.hour) == (None, 6)
