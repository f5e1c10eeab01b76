"""Databases: one per region, and the control database.

``region_transaction`` is the one way into a region's data, as a ``Viewer``. ``engines`` keeps few connections to
many regions, ``base`` is what tables are declared on, ``guards`` is the SQL that protects them, and ``catalog``
looks through a database for what is not protected as it was declared.
"""

from andel.shared.database.base import ControlBase, RegionBase, new_id
from andel.shared.database.engines import Engines, PoolSize, RegionAddress, plain_engine, region_engine
from andel.shared.database.errors import DatabaseError, RegionBehindError, RegionUnavailableError, ViewerError
from andel.shared.database.transactions import (
    admitted_transaction,
    control_transaction,
    gate_transaction,
    region_transaction,
)
from andel.shared.database.viewer import Viewer, ViewerRole

__all__ = [
    "ControlBase",
    "DatabaseError",
    "Engines",
    "PoolSize",
    "RegionAddress",
    "RegionBase",
    "RegionBehindError",
    "RegionUnavailableError",
    "Viewer",
    "ViewerError",
    "ViewerRole",
    "admitted_transaction",
    "control_transaction",
    "gate_transaction",
    "new_id",
    "plain_engine",
    "region_engine",
    "region_transaction",
]
