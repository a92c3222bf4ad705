"""Requests to a program that is running, and the names of the backends that answer."""

import socket
from typing import NamedTuple

from processes import PATIENCE_S, Failed

CONNECTIONS = 4


class Request(NamedTuple):
    """One request: its key, if it has one, and whether it stays unanswered meanwhile."""

    key: str | None
    is_held: bool = False


class Connection:
    """A connection that is used again and again, and opened anew when the other side closes it."""

    def __init__(self, port, source=None):
        self._port = port
        self._source = (source, 0) if source else None
        self._socket = None
        self._unread = b""

    def close(self):
        if self._socket:
            self._socket.close()
        self._socket = None
        self._unread = b""

    def send(self, message):
        if not self._socket:
            self._socket = socket.create_connection(
                ("127.0.0.1", self._port), PATIENCE_S, self._source
            )
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(message)

    def read_until(self, end):
        """What comes up to the end mark, without it."""
        while end not in self._unread:
            self._read_more()
        text, self._unread = self._unread.split(end, 1)
        return text

    def read(self, size):
        while len(self._unread) < size:
            self._read_more()
        text, self._unread = self._unread[:size], self._unread[size:]
        return text

    def _read_more(self):
        data = self._socket.recv(65536)
        if not data:
            raise Failed(f"port {self._port} closed the connection before it had answered")
        self._unread += data


class Http:
    """HTTP/1.1; the key is the header x-key, or the address of the client."""

    protocol = "http"

    def __init__(self, port, source=None):
        self._connection = Connection(port, source)

    def send(self, key, path="/"):
        header = b"" if key is None else b"x-key: " + key.encode() + b"\r\n"
        self._connection.send(b"GET %s HTTP/1.1\r\nHost: real\r\n%s\r\n" % (path.encode(), header))

    def receive(self):
        """The name of the backend, or the status if it is not a success."""
        status, *headers = self._connection.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        fields = dict(header.lower().split(": ", 1) for header in headers)
        body = self._connection.read(int(fields["content-length"])).decode()
        if fields.get("connection") == "close":
            self._connection.close()
        return body if " 200 " in status else status

    def close(self):
        self._connection.close()


class Memcached:
    """The text protocol of memcached."""

    protocol = "memcached"

    def __init__(self, port):
        self._connection = Connection(port)

    def send(self, key):
        self._connection.send(b"get %s\r\n" % key.encode())

    def receive(self):
        """The value, which is the name of the server, or what came in its place."""
        answer = self._connection.read_until(b"\r\n").decode()
        if not answer.startswith("VALUE "):
            return answer
        value = self._connection.read(int(answer.split(" ")[3])).decode()
        self._connection.read_until(b"END\r\n")
        return value

    def close(self):
        self._connection.close()


def ask_side_by_side(kind, port, keys):
    """Asks over a few connections at once, where no answer depends on another."""
    connections = [kind(port) for _ in range(CONNECTIONS)]
    answers = []
    for start in range(0, len(keys), CONNECTIONS):
        asked = list(zip(connections, keys[start : start + CONNECTIONS]))
        for connection, key in asked:
            connection.send(key)
        answers += [connection.receive() for connection, _ in asked]
    close(connections)
    return answers


def ask_in_order(port, requests, backends):
    """Asks one request after the other, each when the one before is answered or held."""
    connections = [Http(port) for _ in range(CONNECTIONS)]
    held, answers = [], []
    for number, request in enumerate(requests):
        if request.is_held:
            held.append(Http(port))
            held[-1].send(request.key, "/hold")
            answers.append(backends.next_arrival())
        else:
            connection = connections[number % CONNECTIONS]
            connection.send(request.key)
            answers.append(connection.receive())
    backends.release()
    released = [connection.receive() for connection in held]
    close(connections + held)
    if released != [answer for request, answer in zip(requests, answers) if request.is_held]:
        raise Failed("a request that was held was answered by another backend than it had reached")
    return answers


def ask_as_clients(port, addresses):
    """Asks once from each address."""
    answers = []
    for address in addresses:
        connection = Http(port, address)
        connection.send(None)
        answers.append(connection.receive())
        connection.close()
    return answers


def close(connections):
    for connection in connections:
        connection.close()
