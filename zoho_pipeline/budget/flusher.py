"""A thread that reports what nobody else reports soon enough, and that ends by itself when there is nothing to do."""

import threading
import time
from collections.abc import Callable

SOON_SECONDS = 0.1
IDLE_SECONDS = 5.0


class Flusher:
    """Calls `flush` a moment after `wake`, and `release` once nothing has happened for some seconds.

    The thread is no daemon: a process that ends waits for it, at most a moment, so that nothing is left unreported.
    """

    def __init__(self, flush: Callable[[], None], release: Callable[[float], bool]) -> None:
        self._flush = flush
        self._release = release
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """See to it that the thread runs."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="zoho-budget", daemon=False)
                self._thread.start()

    def _run(self) -> None:
        while True:
            ending = not threading.main_thread().is_alive()
            time.sleep(SOON_SECONDS)
            self._flush()
            with self._lock:  # whoever wakes from here on finds either a thread that runs on, or none
                if self._release(0.0 if ending else IDLE_SECONDS):
                    self._thread = None
                    return
