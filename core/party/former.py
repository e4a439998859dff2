"""What a record was called and where it was until a sheet told otherwise: kept before the new values are written."""

from __future__ import annotations

import datetime as dt
from typing import Any
from typing import cast as cast_type

from sqlalchemy import Date, Table, func, insert, literal, select
from sqlalchemy.orm import Session

from core.party.models import Enterprise, EnterpriseAddress, EnterpriseName


def keep_former(session: Session, stage: Table, day: dt.date) -> None:
    """Keep the names and addresses that the staged rows replace, valid until ``day``. Two statements."""
    _keep(session, stage, EnterpriseName, ("name",), stage.c.renamed == 1, day)
    _keep(session, stage, EnterpriseAddress, ("registered_address", "business_address"), stage.c.moved == 1, day)


def _keep(session: Session, stage: Table, model: Any, values: tuple[str, ...], rule: Any, day: dt.date) -> None:
    """What a record had until now, valid since the one before it ended, or since the record began."""
    table, kept = cast_type(Table, Enterprise.__table__), cast_type(Table, model.__table__)
    earlier = select(func.max(kept.c.valid_to)).where(kept.c.enterprise_id == table.c.id).scalar_subquery()
    session.execute(
        insert(kept).from_select(
            ["enterprise_id", *values, "valid_from", "valid_to"],
            select(
                table.c.id,
                *(table.c[name] for name in values),
                func.coalesce(earlier, table.c.registered_on),
                literal(day, Date),
            )
            .join(stage, table.c.id == stage.c.enterprise_id)
            .where(rule),
        )
    )
