"""Workstations that became known with a one-time code or by signing in, the codes that were given out, and the survey's keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "enrolment_offers",
        sa.Column("id", sa.String(22), primary_key=True),
        sa.Column("verifier", sa.String(43), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False, index=True),
        sa.Column("replaces", sa.String(43)),
        sa.Column("used_by", sa.String(43)),
    )
    op.create_table(
        "workstations",
        sa.Column("key", sa.String(43), primary_key=True),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("until", sa.BigInteger, index=True),
        sa.Column("person", sa.String(43)),
        sa.Column("revoked_at", sa.BigInteger, index=True),
        sa.Column("replaces", sa.String(43)),
    )
    op.create_table(
        "survey_keys",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("quarter", sa.String(7), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
