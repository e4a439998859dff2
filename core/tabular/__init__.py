"""Sheets in and out: reading, checking, importing with a dry run and an undo, exporting.

A module declares an :class:`~core.tabular.profile.ImportProfile`; everything a clerk can do wrong with a sheet is
caught here.
"""
