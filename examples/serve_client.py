"""Asks `evenkeel serve --listen` from Python: a JSON object a line there, a JSON object a line back.

evenkeel serve --shared --listen unix:/tmp/evenkeel.sock
python3 examples/serve_client.py unix:/tmp/evenkeel.sock
"""

import contextlib
import itertools
import json
import socket
import sys
import threading


class Refused(Exception):
    """An error answer; nothing has changed. docs/protocol.md lists the codes."""

    def __init__(self, code, text):
        super().__init__(f"{text} (code {code})")
        self.code = code


class Client:
    """A connection to `evenkeel serve`, for any number of threads."""

    def __init__(self, address):
        """Connects to `unix:PATH` or `HOST:PORT`."""
        if address.startswith("unix:"):
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.connect(address.removeprefix("unix:"))
        else:
            host, port = address.rsplit(":", 1)
            self._socket = socket.create_connection((host.strip("[]"), int(port)))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("r", encoding="utf-8")
        self._msg_ids = itertools.count(1)
        self._one_at_a_time = threading.Lock()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._lines.close()
        self._socket.close()

    def ask(self, kind, **fields):
        """Sends any message of the protocol and returns its answer."""
        with self._one_at_a_time:
            message = {"type": kind, "msg_id": next(self._msg_ids), **fields}
            self._socket.sendall(json.dumps(message).encode() + b"\n")
            line = self._lines.readline()
        if not line:
            raise EOFError("evenkeel serve has closed the connection")
        answer = json.loads(line)
        if answer["type"] == "error":
            raise Refused(answer["code"], answer["text"])
        return answer

    def ask_all(self, messages):
        """Sends many messages at once and yields their answers, errors included, in order.

        A thread writes while the caller reads. If nothing read, the server would stop reading as soon as its answers
        fill the buffers of the connection, and both sides would wait for ever.
        """
        with self._one_at_a_time:
            lines = [json.dumps(message).encode() + b"\n" for message in messages]
            writer = threading.Thread(target=self._socket.sendall, args=(b"".join(lines),))
            writer.start()
            for _ in lines:
                yield json.loads(self._lines.readline())
            writer.join()

    @contextlib.contextmanager
    def request(self, key=None):
        """The backend of a request, which is in flight until the block ends."""
        answer = self.ask("http_request", client_id=key)
        try:
            yield answer["backend"]
        finally:
            self.ask("request_complete", request=answer["in_reply_to"])


def demonstrate(address):
    """Two clients of one pool."""
    with Client(address) as one, Client(address) as two:
        one.ask("init", backends=["b1", "b2", "b3"], algorithm="least-connections")
        with one.request() as first, two.request() as second:
            print(f"two clients send requests to {first} and {second}")
        one.ask("set_healthy", backend="b1", healthy=False)
        with two.request() as third:
            print(f"b1 is unhealthy for both; the next request goes to {third}")
        try:
            two.ask("remove_backend", backend="b9")
        except Refused as refused:
            print(f"refused: {refused}")

        keys = [f"client-{number}" for number in range(50_000)]
        messages = [
            {"type": "http_request", "msg_id": key, "client_id": key, "algorithm": "rendezvous"}
            for key in keys
        ]
        answers = list(two.ask_all(messages))
        matching = sum(answer["in_reply_to"] == key for answer, key in zip(answers, keys))
        print(f"{matching} of {len(keys)} requests, sent at once, have their answers")


if __name__ == "__main__":
    demonstrate(sys.argv[1])
