"""Fixtures of all tests come from :mod:`core.testing.fixtures`, named in ``setup.cfg`` so that modules have them too."""
