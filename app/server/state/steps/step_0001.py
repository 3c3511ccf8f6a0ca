"""The first tables: rooms and seats, the survey, and what the servers of several versions agree on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "rooms",
        sa.Column("room", sa.String(22), primary_key=True),
        sa.Column("owner", sa.String(22), nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("over", sa.String(16)),
        sa.Column("code_spent", sa.Boolean, nullable=False),
        sa.Column("code_taken", sa.Boolean, nullable=False),
        sa.Column("readiness", sa.String(512)),
        sa.Column("right", sa.String(43)),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.String(43), nullable=False, unique=True),
        sa.Column("look_hash", sa.String(43), nullable=False, unique=True),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("opens_at", sa.BigInteger, nullable=False),
        sa.Column("closes_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("save_data", sa.Boolean, nullable=False),
        sa.Column("code_hash", sa.String(43), index=True),
    )
    op.create_table(
        "seats",
        sa.Column("seat", sa.String(22), primary_key=True),
        sa.Column("room", sa.String(22), sa.ForeignKey("rooms.room", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("left_from", sa.String(16)),
        sa.Column("reached", sa.Boolean, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("secret_hash", sa.String(43)),
        sa.Column("former_hash", sa.String(43)),
        sa.Column("away_since", sa.BigInteger),
        sa.Column("knocked_at", sa.BigInteger, nullable=False),
        sa.Column("notice", sa.String(16)),
        sa.Column("notice_at", sa.BigInteger, nullable=False),
        sa.Column("by_code", sa.Boolean, nullable=False),
        sa.Column("was_admitted", sa.Boolean, nullable=False),
        sa.Column("right", sa.String(43)),
    )
    op.create_index("seats_away", "seats", ["away_since"])
    op.create_table(
        "survey_about",
        sa.Column("site", sa.String(32), primary_key=True),
        sa.Column("quarter", sa.String(32), primary_key=True),
        sa.Column("version", sa.String(32), primary_key=True),
        sa.Column("statement", sa.String(32), primary_key=True),
        sa.Column("answer", sa.String(32), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "survey_sheets",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.String(8), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("quarter", sa.String(7), nullable=False),
        sa.Column("spoken", sa.String(8), nullable=False),
        sa.Column("variant", sa.String(8), nullable=False),
        sa.Column("answers", sa.String(512), nullable=False),
    )
    op.create_table(
        "survey_spent",
        sa.Column("site", sa.String(32), primary_key=True),
        sa.Column("quarter", sa.String(7), primary_key=True),
        sa.Column("nonce_hash", sa.String(43), primary_key=True),
    )
    op.create_table(
        "survey_waiting",
        sa.Column("site", sa.String(32), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table("oldest_server", sa.Column("step", sa.String(32), primary_key=True))
