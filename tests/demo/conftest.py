"""An installation with the units of the district, as an upgrade leaves it."""
from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from core.reference import sync_reference
from core_only import _installation

__all__ = ["_installation", "district"]


@pytest.fixture
def district(session: Session) -> Session:
    """A system session on a database that has the district's units."""
    sync_reference(session)
    session.commit()
    return session
