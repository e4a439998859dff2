"""What people, sheets, the portal and jobs do: plain functions that change, flush, signal and log; the caller commits."""
from __future__ import annotations

from addons.districts.operations.needs import (
    add_material,
    dissatisfied,
    enter_need,
    merge_needs,
    object_to_refusal,
    rate,
    similar_needs,
    split_need,
    submit_need,
    withdraw_need,
)
from addons.districts.operations.orders import cancel_orders, open_orders, send_order

__all__ = ["add_material", "cancel_orders", "dissatisfied", "enter_need", "merge_needs", "object_to_refusal",
           "open_orders", "rate", "send_order", "similar_needs", "split_need", "submit_need", "withdraw_need"]
