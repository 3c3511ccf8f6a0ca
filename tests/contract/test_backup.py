"""Backup and restore: everything is lost but two files, and the same link leads to the same seat."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.secrets import new_token
from app.server import logs
from app.server.__main__ import main
from app.server.enrolment.opening import open_workstation_store
from app.server.enrolment.ports import Way, Workstation
from app.server.identity import Identity
from app.server.settings import Settings
from tests.support.page_client import PageClient
from tests.support.postgres import Postgres
from tests.support.server import running_server

Told = dict[str, object]


class Machine:
    """Where the server lies, and how its commands are called."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.data, self.database_place, self.keys_place = folder / "data", folder / "one", folder / "two"
        for place in (self.database_place, self.keys_place):
            place.mkdir()
        self._file = folder / "environment"
        self._capsys = capsys

    def command(self, database: str | None, *arguments: str) -> tuple[int, str, str]:
        lines = [f"VB_DATA_DIR={self.data}", *([f"VB_DATABASE_URL={database.replace('+psycopg', '')}"] if database else [])]
        self._file.write_text("\n".join(lines))
        status = main([*arguments[:1], "--file", str(self._file), *arguments[1:]])
        said = self._capsys.readouterr()
        return status, said.out.splitlines()[-1] if said.out else "", said.err

    def backup(self, database: str | None) -> Told:
        where = ("--database-to", str(self.database_place), "--keys-to", str(self.keys_place))
        status, said, errors = self.command(database, "backup", *where)
        assert status == 0, errors
        return json.loads(said)["backup"]

    def check_files(self, made: Told) -> None:
        """Only their owner reads them, and no key stands in the database's."""
        files = [Path(str(made[name])) for name in ("database", "keys")]
        assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
        assert not [name for name in ("server-key", "code-key") if (self.data / name).read_bytes() in files[0].read_bytes()]

    def spoil(self, made: Told) -> None:
        Path(str(made["database"])).write_bytes(b"PGDMP and then nothing that could be read")

    def restore(self, database: str | None, made: Told) -> tuple[int, str, str]:
        return self.command(database, "restore", "--database-from", str(made["database"]), "--keys-from", str(made["keys"]))


@pytest.fixture(autouse=True)
def logging_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "configure", lambda _: None)


@pytest.fixture
def machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Machine:
    return Machine(tmp_path, capsys)


async def lives(machine: Machine, database: str | None, key: Ed25519PrivateKey, page: PageClient | None = None) -> tuple[PageClient, str]:
    """A server over what lies there: a client joins, anew or as the one who was here; gives it and the server's key."""
    async with running_server(machine.data, key=key, database=database) as server:
        if page is None:
            room = server.appointment()
            async with server.workstation(room):
                page = server.page(room)
                async with page.connected():
                    assert (await page.join())["type"] == "waiting"
        else:
            seat, page.origin = page.seat, server.url
            async with page.connected():
                assert (await page.join())["type"] == "waiting"
                assert page.seat == seat
        return page, server.ready.server_key


async def test_after_a_loss_of_everything_the_same_link_leads_to_the_same_seat(machine: Machine, postgres: Postgres) -> None:
    key = Ed25519PrivateKey.generate()
    with postgres.database() as before:
        page, identity = await lives(machine, before, key)
        made = machine.backup(before)
    shutil.rmtree(machine.data)
    with postgres.database() as after:
        status, said, errors = machine.restore(after, made)
        assert (status, json.loads(said or "{}").get("restore", {}).get("database")) == (0, True), errors
        assert await lives(machine, after, key, page) == (page, identity)


@pytest.mark.parametrize("name", ["kept.sqlite3", "kept.db"])
async def test_the_same_without_a_database_server(machine: Machine, name: str) -> None:
    key, database = Ed25519PrivateKey.generate(), f"sqlite:///{machine.data}/{name}"
    page, identity = await lives(machine, database, key)
    made = machine.backup(database)
    shutil.rmtree(machine.data)
    assert machine.restore(database, made)[0] == 0
    assert await lives(machine, database, key, page) == (page, identity)


@pytest.mark.parametrize("name", ["kept.sqlite3", "kept.db"])
async def test_what_has_to_make_room_is_named_and_then_it_goes(machine: Machine, name: str, tmp_path: Path) -> None:
    key, database = Ed25519PrivateKey.generate(), f"sqlite:///{machine.data}/{name}"
    page, identity = await lives(machine, database, key)
    made = machine.backup(database)
    (machine.data / f"{name}-wal").touch()  # as a server that was killed leaves it
    (machine.data / "code-key").unlink()
    status, said, errors = machine.restore(database, made)
    assert (status, said) == (2, "")
    assert not (machine.data / "code-key").exists()
    there = sorted(str(file) for file in machine.data.iterdir() if file.name.startswith((name, "kept-")))
    assert len(there) > 2
    assert sorted(errors.strip().partition("Ort: ")[2].split(" ")) == there
    for file in there:
        shutil.move(file, tmp_path)
    assert machine.restore(database, made)[0] == 0
    assert await lives(machine, database, key, page) == (page, identity)


def registers(machine: Machine, database: str | None) -> str:
    """A workstation stands in the store of a server that lies there; gives its id."""
    one = Workstation(new_token(), "musterstadt", "Jobcenter Musterstadt", 1_800_000_000, Way.CODE)

    async def register() -> None:
        store = await open_workstation_store(Settings(data_dir=str(machine.data), database=database))
        await store.register(one)
        await store.close()

    Identity.load_or_create(machine.data)
    asyncio.run(register())
    return one.id


@pytest.mark.parametrize("shared", [False, True])
def test_who_was_enrolled_is_so_after_a_loss(machine: Machine, postgres: Postgres, shared: bool) -> None:
    with postgres.database() as before, postgres.database() as after:
        machine.data.mkdir()
        enrolled = registers(machine, before if shared else None)
        made = machine.backup(before if shared else None)
        shutil.rmtree(machine.data)
        found = after if shared else None
        status, _, errors = machine.restore(found, made)
        assert status == 0, errors
        status, listed, errors = machine.command(found, "workstations")
        assert status == 0, errors
        assert listed.split()[0] == enrolled[:12]


async def test_keys_and_database_never_lie_together_and_nobody_else_reads_them(machine: Machine, postgres: Postgres) -> None:
    with postgres.database() as database:
        await lives(machine, database, Ed25519PrivateKey.generate())
        made = machine.backup(database)
        assert made["names"] == ["server-key", "code-key", "survey-seal"]  # those of quarters lie in the database, sealed
        machine.check_files(made)
        same = str(machine.database_place)
        status, _, errors = machine.command(database, "backup", "--database-to", same, "--keys-to", f"{same}/inside")
        assert status == 2
        assert "selben Ort" in errors


async def test_nothing_is_written_over(machine: Machine, postgres: Postgres) -> None:
    with postgres.database() as database:
        await lives(machine, database, Ed25519PrivateKey.generate())
        made = machine.backup(database)
        status, _, errors = machine.restore(database, made)
        assert (status, "nicht leer" in errors, "dropdb" in errors) == (2, True, True)
    (machine.data / "server-key").unlink()
    (machine.data / "server-key").write_bytes(b"another key of exactly 32 bytes!")
    with postgres.database() as empty:
        status, _, errors = machine.restore(empty, made)
        assert (status, "server-key" in errors) == (2, True)
        assert (machine.data / "server-key").read_bytes().startswith(b"another")


async def test_what_is_no_backup_changes_nothing(machine: Machine, postgres: Postgres) -> None:
    with postgres.database() as database:
        await lives(machine, database, Ed25519PrivateKey.generate())
        made = machine.backup(database)
    machine.spoil(made)
    with postgres.database() as empty:
        status, _, errors = machine.restore(empty, made)
        assert (status, "pg_restore" in errors) == (2, True)
        assert machine.command(empty, "restore", "--keys-from", str(made["database"]))[0] == 2
        assert machine.command(empty, "restore", "--database-from", "/proc/none")[0] == 2
        assert machine.command(empty, "restore")[0] == 2


@pytest.mark.parametrize("database", ["memory", "postgresql://vb:geheim@127.0.0.1:1/vb"])
def test_what_cannot_be_backed_up_leaves_nothing_behind(machine: Machine, database: str) -> None:
    status, _, errors = machine.command(database, "backup", "--database-to", str(machine.database_place))
    assert status == 2
    assert "geheim" not in errors
    assert not list(machine.database_place.iterdir())
