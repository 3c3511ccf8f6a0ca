"""What is true: the database, looked at from beside the servers. A trigger of our own writes down every admission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

WITNESS = """
CREATE TABLE chaos_admissions (seat text NOT NULL);
CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO chaos_admissions VALUES (NEW.seat); RETURN NEW; END $$;
CREATE TRIGGER chaos_note AFTER UPDATE OF state ON seats FOR EACH ROW
  WHEN (NEW.state = 'admitted' AND OLD.state = 'waiting') EXECUTE FUNCTION chaos_note();
"""


@dataclass(frozen=True)
class Seat:
    """A client's seat as it stands there."""

    room: str
    seat: str
    state: str
    present: bool
    reached: bool
    epoch: int


@dataclass(frozen=True)
class Truth:
    """One moment."""

    seats: dict[str, list[Seat]]
    """By room."""
    admissions: Mapping[str, int]
    """By seat: how often it went from the waiting room into the conversation."""


def watch(conninfo: str) -> None:
    """From now on admissions are written down."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(WITNESS)


def truth(conninfo: str) -> Truth:
    """Now. Raises psycopg.OperationalError."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        rows = connection.execute(
            "SELECT room, seat, state, away_since IS NULL, reached, epoch FROM seats WHERE kind = 'client'"
        ).fetchall()
        admissions = connection.execute("SELECT seat, count(*) FROM chaos_admissions GROUP BY seat").fetchall()
    seats: dict[str, list[Seat]] = {}
    for row in rows:
        seats.setdefault(row[0], []).append(Seat(*row))
    return Truth(seats, Counter({str(seat): int(count) for seat, count in admissions}))
