"""Thirty-two signers at once, and some of them killed: ``python signers.py PROCESSES KILL SEED`` on the installation that
the environment names.

The parent makes the application once and divides into signers, each of which takes letters that wait and signs them. When
one has reported a letter, the parent may kill it, at whatever it is doing by then. The last line printed is the number
killed.
"""
from __future__ import annotations

import os
import random
import select
import signal
import sys
from typing import Any

from sqlalchemy import select as choose

from core.access import as_system
from core.app import create_app
from core.db import db
from core.errors import Refusal
from core.letter import making, register
from core.letter.making import Made, Order
from core.letter.models import Letter, LetterState
from trial_installation import with_trial_modules


def made_quickly(order: Order) -> Made:
    """Bytes of its own for each letter: drawing them takes time and is tested elsewhere."""
    return Made(order, f"%PDF-1.7 {order.number} {order.code}".encode())


def waiting_letters() -> list[int]:
    """The letters to sign, read once for all signers: who starts late must divide the same list as who starts early."""
    with as_system("before the signers") as session:
        return list(session.scalars(choose(Letter.id).where(Letter.state == LetterState.REVIEWED).order_by(Letter.id)))


def sign_all(waiting: list[int], place: int, of: int, report: int) -> None:
    """Sign the letters that fall to signer ``place`` of ``of``, one transaction each, then those of the next signer too."""
    with as_system("a signer") as session:
        actor = session.info["viewer"]
        for letter_id in waiting[place::of] + waiting[place + 1::of]:
            try:
                letter = session.get_one(Letter, letter_id, populate_existing=True)
                register.sign(session, letter, actor)
                session.commit()
            except Refusal:  # another signer was quicker with this letter
                session.rollback()
                continue
            os.write(report, b".")


def divide(app: Any, waiting: list[int], of: int, kill: int, dice: random.Random) -> int:
    """Start the signers, kill ``kill`` of them, wait for the rest; how many were killed."""
    running: dict[int, int] = {}
    for place in range(of):
        mine, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(mine)
            with app.app_context():
                db.engine.dispose(close=False)
                sign_all(waiting, place, of, theirs)
            os._exit(0)
        os.close(theirs)
        running[mine] = pid
    killed = 0
    while running:
        for pipe in select.select(list(running), [], [])[0]:
            told = os.read(pipe, 1)
            if not told:
                _pid, status = os.waitpid(running.pop(pipe), 0)
                assert status in (0, signal.SIGKILL), status
            elif killed < kill and dice.random() < 0.6:
                os.kill(running[pipe], signal.SIGKILL)
                killed += 1
    return killed


if __name__ == "__main__":
    making.make = made_quickly
    with with_trial_modules():
        made = create_app()
    with made.app_context():
        letters = waiting_letters()
        db.engine.dispose()
    print(divide(made, letters, int(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))))
