"""What the pages of core are for, what one can do there, and the words they use: read by :mod:`core.pages.help`.

A module brings none of this: its screens, registers and reports say ``text``, its workflow its states and periods.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Topic:
    """Help for the pages below one address: what they are for, what can be done, which :data:`WORDS` they use."""

    text: Any
    can: Sequence[Any] = ()
    words: Sequence[str] = ()


WORDS: Mapping[str, tuple[Any, Any]] = {
    "case": (_l("Case"), _l("One matter from its receipt to its end: it has a number, somebody who has it, a state and a due "
                            "date.")),
    "todo": (_l("To do"), _l("Cases in which the next step is yours or your unit’s.")),
    "supervised": (_l("Supervised"), _l("Cases within your reach that are overdue.")),
    "due": (_l("Due"), _l("The last day on which the duty can be met in time. One click on the words below it explains it day "
                          "by day.")),
    "workday": (_l("Working day"), _l("Weekends and holidays are left out, make-up working days (班) count. The working-day "
                                      "calendar "
                                      "says which is which.")),
    "provisional": (_l("Provisional"), _l("The holidays of that year are not published yet. The date is computed anew when "
                                          "they "
                                          "are; whoever is concerned is told.")),
    "paused": (_l("Paused"), _l("The period rests, for example while the enterprise supplements papers. Days that rest do not "
                                "count.")),
    "overdue": (_l("Overdue"), _l("The due date is over. The days are charged to the unit that held the case meanwhile.")),
    "pass_on": (_l("Pass on"), _l("Another unit takes the case over. The period runs on from the day of dispatch.")),
    "return": (_l("Return"), _l("Back to whoever sent it, with a ground. The second return goes to the coordinator, who "
                                "decides.")),
    "together": (_l("Together with others"), _l("Inform (copied), urge, ask others to agree: all of them, one of them, or one "
                                                "after "
                                               "another.")),
    "visible": (_l("Visible to the business"), _l("Entries with a green dot can be read by the enterprise; the others stay "
                                                  "inside.")),
    "review": (_l("Review"), _l("Somebody else than the drafter checks text, addressee and facts. Nobody reviews his own "
                                "draft.")),
    "sign": (_l("Sign"), _l("The head of the issuing organ lets the letter go out. Number, date and seal are set at that "
                            "moment.")),
    "number": (_l("Number of a letter"), _l("Taken when the letter is signed, without a gap; a voided number is kept with its "
                                            "reason and never given again.")),
    "void": (_l("Void"), _l("A signed letter is declared invalid with a reason. It stays in the file; whoever checks it sees "
                            "that "
                            "it no longer holds.")),
    "code": (_l("Verification code"), _l("With it, or with the QR code, anybody can check whether the letter is genuine.")),
    "formula": (_l("Definition"), _l("How a figure is counted: what lies above and below the line, and as of when.")),
    "sample": (_l("Sample"), _l("The numbers in brackets: how many cases the rate was counted from. Few cases say little.")),
    "law": (_l("Law and parameter"), _l("A period with its legal basis is law. A parameter is what the house settled; it is "
                                        "never "
                                        "shown as law.")),
    "scope": (_l("Scope"), _l("How far a role reaches: everything, chosen units, own unit, own unit and below, or own cases "
                              "only.")),
    "role": (_l("Role"), _l("A set of permissions that a person holds in a unit. Without a role one sees nothing.")),
    "module": (_l("Module"), _l("One field of work with its cases. Each bureau switches on the modules that it uses.")),
    "stand_in": (_l("Standing in"), _l("Whoever is away lends his post to a colleague for some days; the log names both.")),
}
"""Words that people ask about, in the order in which they are listed."""

DUES = ("due", "workday", "provisional", "paused", "overdue")
LIST_CAN = (
    _l("Type an enterprise, a code or a number above and press Enter. “Unfold” shows more conditions; they stay in the "
       "address."),
    _l("Click a number to open the case; click the words below a date to see why it is that day."),
    _l("List, board and month show the same cases: as rows, by state, by due date."),
    _l("“Columns” and “Density” change the table for you alone and are remembered."))
CASE = Topic(
    _l("Everything about one case: its facts, what happened so far, what comes next and until when."),
    (_l("Read the top line first: number, state, who has it, due date. “Why this day” counts the date day by day."),
     _l("The solid button is the next step. A grey one cannot be used now; rest on it and it says why."),
     _l("A letter is drafted with its button, reviewed by somebody else, signed by the head; only then has it a number."),
     _l("“Together with others” passes on, informs, urges and asks for agreement; “Who can see this” names everybody who "
        "can.")),
    (*DUES, "pass_on", "return", "together", "visible"))
TOPICS: Mapping[str, Topic] = {
    "/": Topic(
        _l("What waits for you, the most urgent first; beside it letters that wait for your review or signature."),
        (_l("The tabs above: what waits, what you did, what you began, what you are informed of, what is overdue."),
         _l("The five days above the list count what is due on each; a click shows only that day."),
         _l("The button at the end of a row is its next step; it opens here, and you stay on your desk.")),
        ("case", "todo", "supervised", *DUES)),
    "/search": Topic(
        _l("Finds cases, enterprises and letters by number, name, credit code, pinyin or its initials."),
        (_l("Press / on any page to get here; a few signs are enough, such as the last digits of a number."),
         _l("You find what you may see. If something is missing, ask the administrator of your bureau."))),
    "/access/why": Topic(_l("Says why somebody cannot see a case, and who could change that.")),
    "/enterprises": Topic(
        _l("The register of enterprises: name, credit code, and on the page of each everything that the house has about it."),
        (_l("Search by name, credit code, pinyin or its initials."),
         _l("On an enterprise’s page: its cases, letters, penalties and who serves it, each as far as you may see it."))),
    "/letters": Topic(
        _l("The register of letters: drafts, what waits for review or signature, what went out."),
        (_l("A letter is drafted on the page of its case; here it is found again."),
         _l("“To be reviewed” and “to be signed” show what waits; the preview shows the letter exactly as it goes out."),
         _l("Many of one kind: draft and sign them as a batch.")),
        ("review", "sign", "number", "void", "code")),
    "/letters/": Topic(
        _l("One letter on its way: drafted, reviewed, signed, delivered. The stages above say where it is."),
        (_l("Read the preview: it is the letter as it goes out."),
         _l("The solid button is the next step. Review and signature are two different people’s."),
         _l("After signing: record how and when it was delivered.")),
        ("review", "sign", "number", "void", "code")),
    "/letters/batches": Topic(
        _l("Many letters of one kind in one go; each is told apart: done, waiting or refused and why."),
        (_l("Check some of them, then sign all; you may leave the page meanwhile."),), ("review", "sign", "number")),
    "/letters/due/": Topic(_l("Who is owed a letter of this kind, the most urgent first; choose and draft them together.")),
    "/letters/wordings": Topic(
        _l("The texts of the kinds of letter, as your bureau words them."),
        (_l("A text is tried on an example before it is kept; letters that exist keep the text they had."),)),
    "/import": Topic(
        _l("Brings a sheet in, in five steps: template, check, look, confirm, result."),
        (_l("Download the template, fill it in, choose it here. Checking saves nothing."),
         _l("Wrong rows come back in the same sheet, with one more column that says what is wrong."),
         _l("A batch can be undone as long as nothing of it was touched."))),
    "/board": Topic(
        _l("The figures of a bureau or section: how much, how fast, what is late, and where."),
        (_l("Every number opens the cases behind it."), _l("The same figures go out as a sheet or as "
                                                           "PDF.")), ("formula", "sample")),
    "/command": Topic(
        _l("The district at a glance, made for a wall; it renews itself."),
        (_l("Click a district or a number to see the cases behind it."),), ("formula", "sample", "supervised")),
    "/notices": Topic(_l("What the house tells everybody.")),
    "/messages": Topic(
        _l("What the system tells you: cases that came to you, dates that come near, letters, results of long work."),
        (_l("A click opens what it is about and marks it as read."),)),
    "/tasks": Topic(
        _l("Long work of yours: imports, exports, batches. It runs on when you leave the page."),
        (_l("Cancel what is not needed; fetch the file of what is done."),)),
    "/start": Topic(_l("What to try first in your role; for administrators the setting up of the house.")),
    "/account": Topic(
        _l("Your own account: password, second factor, how you are told of things."),
        (_l("Change the password whenever you think that somebody knows it."),)),
    "/account/standing-in": Topic(
        _l("Who does your work while you are away, and whose work you do."),
        (_l("Name a colleague and the days; it begins and ends by itself."),), ("stand_in",)),
    "/rules": Topic(
        _l("Every period that the system counts: how long, on which legal basis, from when to when it holds."),
        (_l("A case follows the version that held on its day; older versions stay readable."),), ("law", "workday")),
    "/ladders": Topic(_l("When the system reminds of a duty, whom it tells and by which way.")),
    "/retention": Topic(_l("Closed files whose time of keeping is over and which somebody must appraise.")),
    "/arrangements": Topic(
        _l("What a bureau settles for itself: who gets new cases, ready replies, reminders."),
        (_l("Taking an entry away brings the module’s own way back."),)),
    "/calendar": Topic(
        _l("Which days are working days: holidays (休) and make-up working days (班), year by year, with their source."),
        (_l("When the next year’s holidays are published, enter them here; provisional dates are computed anew."),),
        ("workday", "provisional")),
    "/saved-searches": Topic(_l("The searches that you keep under a name, and those that are shared with your bureau.")),
    "/admin/units": Topic(
        _l("The district, its bureaus and their sections as a tree."),
        (_l("Choose a unit on the left to change it, or to make one below it."),
         _l("A bureau needs its word for numbers (机关代字) before it can sign letters."))),
    "/admin/people": Topic(
        _l("Who has an account, in which unit and with which roles."),
        (_l("Open a person: roles, password, lock, second factor, and “what this person sees”."),
         _l("Many people at once come by sheet (import).")), ("role", "scope")),
    "/admin/roles": Topic(
        _l("The roles and what each includes."),
        (_l("A role of a module cannot be changed; make a copy, and change that."),), ("role", "scope")),
    "/admin/modules": Topic(
        _l("Which bureau uses which module."), (_l("Before anything is switched, the plan says what changes for "
                                                   "whom."),), ("module",)),
    "/admin/parameters": Topic(
        _l("Settings of the house that hold at once, without a restart."), (_l("Every change asks for a reason and stands in "
                                                                               "the log."),)),
    "/admin/targets": Topic(_l("Which value each indicator should reach; the boards show red, yellow, green by "
                               "it."), (), ("formula",)),
    "/admin/dictionaries": Topic(_l("The lists that forms offer for choice; what is taken out stays readable on old records.")),
    "/admin/notices": Topic(_l("Write a notice to everybody or to some bureaus, from when to when.")),
    "/admin/seals": Topic(_l("The electronic seals of the organs: whose, since when, and the keys they sign with.")),
    "/admin/log": Topic(
        _l("Who did what and when, with the value before and after; reads and exports of restricted records; sign-ins."),
        (_l("Entries are chained: what was changed afterwards is found out."),)),
    "/admin/online": Topic(_l("Who is signed in, since when and from where; you can end a session.")),
    "/admin/jobs": Topic(_l("The work that runs by itself: when it ran last, how it ended; run it now.")),
    "/admin/channels": Topic(
        _l("The ways out: e-mail, short message, WeCom. Their settings, a trial, and the log of what was delivered.")),
    "/admin/webhooks": Topic(_l("Which other programs are told of events, and how each attempt ended.")),
    "/admin/health": Topic(_l("Whether everything runs: database, jobs, disk, backup, calendar, keys.")),
    "/admin/api": Topic(_l("The addresses by which other programs read and act, with the rights of an account.")),
    "/demo": Topic(_l("In the demonstration only: become another invented person and see what that role sees.")),
}
"""By address; the longest that fits is taken. One that ends in ``/`` is for what lies below it."""
