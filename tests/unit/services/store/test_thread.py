"""Calls from the loop run one after the other on one thread, and closing comes last."""

from __future__ import annotations

import asyncio
import threading

import pytest

from app.services.appointments.ports import AppointmentStore, Stale, StoreError, Write
from app.services.fakes import MemoryStore
from app.services.store.thread import StoreThread
from tests.support.appointments import make_appointment


class NotingStore(MemoryStore):
    """Notes on which threads it works, and when it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.threads = {threading.get_ident()}

    def write(self, write: Write) -> object:  # type: ignore[override]
        self.threads.add(threading.get_ident())
        self.seen.append("write")
        return super().write(write)

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.seen.append("close")


async def test_everything_runs_on_one_other_thread_in_order() -> None:
    opened: list[NotingStore] = []

    def open_it() -> AppointmentStore:
        opened.append(NotingStore())
        return opened[-1]

    thread = StoreThread(open_it)
    await thread.open()
    new = make_appointment()
    writes = [thread.run(lambda store: store.write(Write(appointments=[make_appointment()]))) for _ in range(20)]
    await asyncio.gather(*writes, thread.run(lambda store: store.write(Write(appointments=[new]))), thread.close())
    [store] = opened
    assert store.seen == ["write"] * 21 + ["close"]
    assert len(store.threads) == 1
    assert threading.get_ident() not in store.threads
    assert store.find(new.id) is not None


async def test_what_the_store_refuses_reaches_who_called() -> None:
    thread = StoreThread(MemoryStore)
    await thread.open()
    with pytest.raises(Stale):
        await thread.run(lambda store: store.write(Write(appointments=[make_appointment(revision=3)])))
    await thread.close()
    with pytest.raises(RuntimeError):
        await thread.run(lambda store: store.find("x"))
    await thread.close()


async def test_opening_that_failed_may_be_tried_again() -> None:
    answers: list[AppointmentStore] = [MemoryStore()]

    def open_it() -> AppointmentStore:
        if len(answers) == 1:
            answers.append(MemoryStore())
            raise StoreError("app.store.open-already")
        return answers[0]

    thread = StoreThread(open_it)
    with pytest.raises(StoreError):
        await thread.open()
    await thread.open()
    assert await thread.run(lambda store: store.find("x")) is None
    await thread.close()


async def test_who_is_cancelled_leaves_the_call_to_be_made() -> None:
    store, may_go = MemoryStore(), threading.Event()
    thread = StoreThread(lambda: store)
    await thread.open()
    new = make_appointment()

    def slowly(opened: AppointmentStore) -> None:
        may_go.wait()
        opened.write(Write(appointments=[new]))

    task = asyncio.ensure_future(thread.run(slowly))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    may_go.set()
    await thread.close()
    assert store.find(new.id) is not None
