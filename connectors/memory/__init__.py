"""A target in memory, with the behaviour of Canvas or of Google: to try a plan, and to prove what holds.

Keeps everything in one `MemoryService`; sends nothing anywhere.
"""

from connectors.memory.connector import MemoryConnector
from connectors.memory.service import (
    Behaviour,
    Fault,
    Hidden,
    Lost,
    MemoryEvent,
    MemoryService,
    Step,
    Touch,
)

__all__ = [
    "Behaviour",
    "Fault",
    "Hidden",
    "Lost",
    "MemoryConnector",
    "MemoryEvent",
    "MemoryService",
    "Step",
    "Touch",
]
