"""The proof that no bureau sees another's records, run over the application as it is: in the tests and on a live system.

Every kind of account goes through every address that answers a GET: pages, lists, files, exports, pickers, the API. An
address that shows one record is asked for records that this account must not see (:mod:`core.isolation.oracle` says
which, in plain SQL) and must answer exactly as it does for one that does not exist; every other answer is searched for
traces of other bureaus' records. An address that nobody taught the proof to fill in is reported, so that a new one cannot
be forgotten.
"""
from __future__ import annotations

from core.isolation.prover import prove

__all__ = ["prove"]
