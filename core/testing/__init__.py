"""What the tests of core and of every module share: databases, people, and the conformance suite."""
from __future__ import annotations
