"""Whatever was seen: a technical failure is never proposed as absence, and who came was never absent."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointments import Access, Agreement, Appointment, Stage, Way
from app.domain.mails import Mail, MailKind, MailState
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Check, Readiness, Wish
from app.domain.visit import Visit
from app.services.appointments.proposals import minutes_of, proposed, with_readiness
from app.services.appointments.visits import reported

NOW = 1_790_000_000
times = st.none() | st.integers(NOW - 7200, NOW + 7200)
checks = st.sampled_from(Check)
unheard = st.just(Readiness())
one_check = st.builds(Readiness, opened_at=st.just(NOW - 90_000), camera=checks, network=checks)
one_trouble = st.builds(Readiness, opened_at=st.just(NOW - 90_000), reason=st.just("no-way"))
readiness = (
    unheard
    | one_check
    | one_trouble
    | st.builds(
        Readiness,
        opened_at=times,
        camera=checks,
        microphone=checks,
        loudspeaker=checks,
        network=checks,
        wish=st.none() | st.sampled_from(Wish),
        step=st.sampled_from(["", "link", "permission", "waiting"]),
        reason=st.sampled_from(["", "camera-busy", "no-way"]),
    )
)
visits = st.builds(
    Visit,
    waited_from=times,
    waited_until=times,
    admitted_at=times,
    talked_s=st.sampled_from([0, 0, 20, 600]),
    by_phone=st.booleans(),
    watched_s=st.sampled_from([0, 599, 600, 900]),
    away=st.booleans(),
)
nobody_came = st.builds(Visit, watched_s=st.sampled_from([599, 900]), away=st.booleans())
appointments = st.builds(
    Appointment,
    id=st.just("a"),
    starts_at=st.integers(NOW - 7200, NOW + 3600),
    minutes=st.integers(1, 120),
    way=st.just(Way.VIDEO) | st.sampled_from(Way),
    stage=st.just(Stage.INVITED) | st.sampled_from([stage for stage in Stage if stage is not Stage.CANCELLED]),
    agreement=st.just(Agreement(text_version="1", agreed_at=NOW - 9000)),
    access=st.just(Access(room="r", token="t", code="1")),
    visit=nobody_came | visits,
)
mails = st.lists(
    st.builds(
        Mail,
        id=st.just("m"),
        appointment=st.just("a"),
        kind=st.sampled_from(MailKind),
        message_id=st.just("<m>"),
        recipient=st.just("k@post.example"),
        message=st.just(b""),
        due_at=st.just(0),
        state=st.sampled_from(MailState),
    ),
    max_size=1,
)


@given(appointments, readiness, mails, st.booleans())
def test_absence_is_proposed_only_where_nothing_else_can_have_been(
    seen: Appointment, told: Readiness, sent: list[Mail], traces_are_gone: bool
) -> None:
    appointment = reported(seen, told)
    if traces_are_gone:
        appointment = replace(appointment, readiness=Readiness())
    proposal = proposed(appointment, sent, NOW)
    if proposal is None or proposal.kind is not OutcomeKind.NOT_ARRIVED:
        return
    visit = appointment.visit
    assert Check.FAILED not in told.checks
    assert not told.reason
    assert told.wish is not Wish.CANNOT_COME
    assert (visit.waited_from, visit.admitted_at, visit.talked_s, visit.away) == (None, None, 0, False)
    assert visit.watched_s >= 600
    assert appointment.starts_at + 900 <= NOW
    assert appointment.way is Way.VIDEO
    about = [mail for mail in sent if mail.kind in (MailKind.INVITATION, MailKind.MOVED, MailKind.NEW_LINK)]
    assert not about or any(mail.state in (MailState.ACCEPTED, MailState.WITHDRAWN) for mail in about)
    assert told.opened_at is None or told.opened_at < appointment.starts_at - 1800


@given(appointments, readiness, mails)
def test_readiness_enters_no_proposal_but_as_relief(seen: Appointment, told: Readiness, sent: list[Mail]) -> None:
    proposal = proposed(reported(seen, told), sent, NOW)
    if proposal is not None and proposal.kind is not OutcomeKind.COULD_NOT_GET_IN:
        assert (proposal.step, proposal.reason, proposal.remark) == ("", "", "")
    if proposal is not None and proposal.kind is OutcomeKind.NOT_ATTENDED:
        assert seen.visit.waited_from is not None
        assert seen.visit.admitted_at is None


def test_what_was_decided_stands() -> None:
    decided = Outcome(kind=OutcomeKind.HELD, decided_at=NOW, talked_minutes=3)
    assert proposed(Appointment(id="a", starts_at=NOW - 9000, minutes=30, stage=Stage.CLOSED, outcome=decided), (), NOW) is decided


def test_minutes() -> None:
    assert [minutes_of(seconds) for seconds in (0, 1, 59, 90, 720)] == [0, 1, 1, 2, 12]


def test_a_screen_of_the_check_is_no_place_where_somebody_could_not_get_in() -> None:
    seen = with_readiness(Visit(), Readiness(opened_at=1, step="check-camera", reason="camera-none", camera=Check.FAILED), 2)
    assert (seen.step, seen.reason, seen.trouble) == ("", "", True)
    seen = with_readiness(Visit(), Readiness(opened_at=1, step="preview"), 2)
    assert (seen.step, seen.reason, seen.trouble) == ("preview", "", False)
