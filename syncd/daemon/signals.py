"""What the operating system tells a server, as words that its main thread waits for."""

from __future__ import annotations

import queue
import signal
from collections.abc import Callable

STOP, RELOAD, ENDED, LOST = "stop", "reload", "ended", "lost"
"""Told to stop; told to read the data files anew; the driver came to its end; the lease is another's."""
WORDS = {signal.SIGTERM: STOP, signal.SIGINT: STOP, signal.SIGHUP: RELOAD}


class Signals:
    """Words in the order in which they came. One for a process, made in its main thread."""

    def __init__(self) -> None:
        # A queue is the one thing that a handler may touch at any moment.
        self._words: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.stop = False
        """Whether a person or the supervisor ever said that it is time to end."""
        for number, word in WORDS.items():
            signal.signal(number, self._saying(word))
        # A process image that began anew inherits what the one before held back.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WORDS)

    def _saying(self, word: str) -> Callable[[int, object], None]:
        return lambda _number, _frame: self.put(word)

    def put(self, word: str) -> None:
        """Say a word, from any thread."""
        self.stop = self.stop or word == STOP
        self._words.put(word)

    def get(self, timeout: float) -> str:
        """The next word; '' where none came for that many seconds."""
        try:
            return self._words.get(timeout=timeout)
        except queue.Empty:
            return ""

    def hold(self) -> None:
        """Leave what comes from now on to the process image that follows: none is lost between the two."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WORDS)
