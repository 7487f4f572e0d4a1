"""A target in memory, with the manners of Canvas or of Google: to try a plan, and to prove what holds.

Keeps everything in one `MemoryService`; sends nothing anywhere.
"""

from connectors.memory.connector import MemoryConnector
from connectors.memory.service import (
    Fault,
    Hidden,
    Lost,
    Manners,
    MemoryEvent,
    MemoryService,
    Step,
    Touch,
)

__all__ = [
    "Fault",
    "Hidden",
    "Lost",
    "Manners",
    "MemoryConnector",
    "MemoryEvent",
    "MemoryService",
    "Step",
    "Touch",
]
