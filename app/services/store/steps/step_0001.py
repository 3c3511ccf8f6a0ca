"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("starts_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("ends_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("series", sa.String, index=True),
        sa.Column("room", sa.String, index=True),
        sa.Column("ready", sa.Boolean, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("appointments_with_room", "appointments", ["ends_at"], sqlite_where=sa.text("room IS NOT NULL"))
    op.create_index("appointments_ready", "appointments", ["ends_at"], sqlite_where=sa.text("ready"))
    op.create_table(
        "words",
        sa.Column("appointment", sa.String, sa.ForeignKey("appointments.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("text", sa.String, nullable=False),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("appointment", sa.String, sa.ForeignKey("appointments.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("look_at", sa.BigInteger, nullable=False),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("mails_to_look_at", "mails", ["state", "look_at"])
    op.create_table(
        "evidence",
        sa.Column("appointment", sa.String, primary_key=True),
        sa.Column("agreed_at", sa.BigInteger, primary_key=True),
        sa.Column("text_version", sa.String, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
    )
    op.create_table(
        "notes",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("appointment", sa.String, index=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
