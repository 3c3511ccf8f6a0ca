"""A process that writes appointments without end and says each one that was confirmed: `writing_child.py PROFILE SEED`. To be killed."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path

from app.domain.appointments import Agreement, Client
from app.services.appointments.ports import Retention, Write
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from tests.support.appointments import NOW, make_appointment, make_mail
from tests.support.stores import KEY


def main() -> None:
    """Lines of `new ID`, `changed ID REVISION`, `gone ID`, each after the store had confirmed it."""
    chance = random.Random(int(sys.argv[2]))
    store = open_store(StorePlace(Path(sys.argv[1])), KEY)
    print("open", flush=True)
    standing = []
    while True:
        deed = chance.random()
        if deed < 0.7 or not standing:
            new = make_appointment(client=Client(needs="n" * chance.randrange(5000)), agreement=Agreement(text_version="1", agreed_at=NOW))
            standing += store.write(Write(appointments=[new], mails=[make_mail(new.id)]))
            print("new", new.id, flush=True)
        elif deed < 0.95:
            place = chance.randrange(len(standing))
            [standing[place]] = store.write(Write(appointments=[replace(standing[place], topic="t" * chance.randrange(200))]))
            print("changed", standing[place].id, standing[place].revision, flush=True)
        elif deed < 0.99:
            gone = standing.pop(chance.randrange(len(standing)))
            print("going", gone.id, flush=True)
            store.forget_person([gone.id])
            print("gone", gone.id, flush=True)
        else:
            store.forget(Retention(appointments_before=NOW, evidence_before=0, readiness_before=0))


if __name__ == "__main__":
    main()
