"""Asks `evenkeel serve` from Python: a JSON object a line there, a JSON object a line back.

python3 examples/serve.py path/to/evenkeel
"""

import contextlib
import itertools
import json
import subprocess
import sys
import threading


class Refused(Exception):
    """An error answer; nothing has changed. docs/protocol.md lists the codes."""

    def __init__(self, code, text):
        super().__init__(f"{text} (code {code})")
        self.code = code
        self.text = text


class Evenkeel:
    """A conversation with `evenkeel serve`, for any number of threads."""

    def __init__(self, program="evenkeel", *arguments):
        """Starts the program; a config as an argument makes `init` unnecessary."""
        self._serve = subprocess.Popen(
            [program, "serve", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self._msg_ids = itertools.count(1)
        self._one_at_a_time = threading.Lock()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends the program, which the end of its input does, and waits for it."""
        self._serve.communicate()

    def ask(self, kind, **fields):
        """Sends any message of the protocol and returns its answer."""
        with self._one_at_a_time:
            message = {"type": kind, "msg_id": next(self._msg_ids), **fields}
            # Without a reader there is no answer either, which is noticed below.
            with contextlib.suppress(BrokenPipeError):
                self._serve.stdin.write(json.dumps(message) + "\n")
                self._serve.stdin.flush()
            line = self._serve.stdout.readline()
        if not line:
            raise EOFError("evenkeel serve has ended; its standard error says why")
        answer = json.loads(line)
        if answer["type"] == "error":
            raise Refused(answer["code"], answer["text"])
        return answer

    def init(self, backends, **fields):
        """Names the backends, each by a text or by a dict as in the config."""
        self.ask("init", backends=backends, **fields)

    def route(self, key, **fields):
        """The backend of a key."""
        return self.ask("http_request", client_id=key, **fields)["backend"]

    @contextlib.contextmanager
    def request(self, **fields):
        """The backend with the least connections; the request is in flight until the block ends."""
        answer = self.ask("http_request", algorithm="least-connections", **fields)
        try:
            yield answer["backend"]
        finally:
            self.ask("request_complete", request=answer["in_reply_to"])

    def what_if(self, clients, **change):
        """What a `new_backend`, `new_backends` or `removed_backends` would move."""
        return self.ask("test_remap", clients=clients, **change)


def demonstrate(program):
    """One of each."""
    with Evenkeel(program) as evenkeel:
        evenkeel.init(["b1", "b2", "b3"], algorithm="rendezvous")
        for key in ("alice", "bob", "carol"):
            print(f"{key} goes to {evenkeel.route(key)}")

        with evenkeel.request() as first, evenkeel.request() as second:
            print(f"two requests at once go to {first} and {second}")
        with evenkeel.request() as third:
            print(f"both have ended, and the next goes to {third}")

        clients = [f"client-{number}" for number in range(1000)]
        remap = evenkeel.what_if(clients, new_backend="b4")
        moved, total = remap["remapped"], remap["total"]
        print(f"b4 would take {moved} of {total} clients; {remap['ideal_remap']:.0%} is its share")

        try:
            evenkeel.ask("remove_backend", backend="b9")
        except Refused as refused:
            print(f"refused: {refused}")


if __name__ == "__main__":
    demonstrate(sys.argv[1] if len(sys.argv) > 1 else "evenkeel")
