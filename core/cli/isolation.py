"""``yingshang isolation``: the proof that no bureau sees another's records."""
from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from core.cli.frame import answer, application, faults_found, progress
from core.words import gettext as _

if TYPE_CHECKING:
    from core.isolation.walk import Report


@click.group("isolation", help=_("No bureau sees another's records: the proof."))
def group() -> None:
    """Commands about isolation."""


@group.command("prove", help=_("Run every kind of account through every address that shows anything, with other bureaus' "
                               "records. Reads only. Status 1 when something leaks."))
@click.option("--everybody", is_flag=True, help=_("Every account, not today's two of each kind"))
@click.option("--jobs", type=click.IntRange(1), default=lambda: len(os.sched_getaffinity(0)),
              help=_("In how many processes; as many as there are processors unless given"))
def prove_it(everybody: bool, jobs: int) -> None:
    """A report for an auditor with ``--json``."""
    from core.isolation import prove

    with application() as app:
        told = prove(app, everybody=everybody, jobs=jobs, watch=_watched)
    answer(told, _lines(told))
    if told["leaks"] or told["unproved"]:
        faults_found()


def _watched(reports: Iterable[Report], count: int) -> Iterator[Report]:
    with progress(reports, count, _("Accounts")) as watched:
        yield from watched


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield _("%(accounts)s accounts stand for %(all)s, %(checks)s checks, %(leaks)s leaks.", accounts=told["accounts"],
            all=told["represented"], checks=told["checks"], leaks=len(told["leaks"]))
    for leak in told["leaks"]:
        yield _("LEAK: %(account)s sees %(record)s at %(route)s (%(what)s)", **leak)
    for item in told["unproved"]:
        yield _("NOT PROVED: %(route)s: %(reason)s", **item)
    if told["untested"]:
        yield _("No record to try them with: %(routes)s", routes=", ".join(told["untested"]))


commands: list[click.Command] = [group]
