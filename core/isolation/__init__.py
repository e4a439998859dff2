"""The proof that no bureau sees another's records, run over the application as it is: in the tests and on a live system.

Accounts of every kind go through every address that answers a GET: pages, lists, files, exports, pickers, the API.

*Who*: somebody who has not signed in, enterprises at the portal, and of each kind of account in the house two; the same
kind are accounts whose grants have the same roles and scopes, held in the same kind of unit. Which two changes from day to
day (:mod:`core.isolation.accounts`), ``everybody`` takes all.

*What they ask*: an address that shows one record is asked for records which this account must not see (the oracle,
:mod:`core.isolation.oracle`, says which, in plain SQL): one case of each kind, one letter on each kind of case, one entry
of each register, at least three of each sort, with whatever parts they have (files, tasks, clocks, letters), and for
foreign parts under the number of one's own record. It must answer exactly as it does for one that does not exist. Every
other address is asked as it stands, once for each list, figure, sheet or kind that is declared, and further as far as it
looks at what stands in the address: at its longest, as a sheet, searched for a foreign case of every module and a foreign
letter, by number and by title. What an address did not look at cannot change its answer, so that is not tried
(:mod:`core.isolation.asking` notes who looks at what). Every answer, of whatever form, is searched for traces of the
foreign records, and every number of a case or letter in it is looked up and must be one that the account may know: of a
record that it may see, or told by one (``tells_number``, :mod:`core.access.fields`).

An address that nobody taught the proof to fill in is reported, one that breaks is too, so that a new one cannot be
forgotten. Not proved is what answers to something else than a GET, or only to parameters that are none of ``q``,
``limit`` and ``format``.
"""
from __future__ import annotations

from core.isolation.prover import prove

__all__ = ["prove"]
