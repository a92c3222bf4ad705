"""The backends of a scenario: their names, what is held at them, and its release."""

import contextlib
import json
import pathlib
import queue
import subprocess
import sys
import threading

from processes import PATIENCE_S, end

SERVER = pathlib.Path(__file__).with_name("backend_server.py")


class Backends:
    """The process of backend_server.py."""

    def __init__(self, process):
        self._process = process
        self.names = json.loads(process.stdout.readline())
        self._arrivals = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self._process.stdout:
            self._arrivals.put(line.rstrip("\n"))

    def next_arrival(self):
        """Who got the request that was sent last to be held."""
        return self._arrivals.get(timeout=PATIENCE_S)

    def release(self):
        """Has everything answered that is held."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()


@contextlib.contextmanager
def backends(protocol, addresses):
    """Backends on these addresses until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, str(SERVER), protocol, *addresses],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield Backends(process)
    finally:
        process.stdin.close()
        end(process)
