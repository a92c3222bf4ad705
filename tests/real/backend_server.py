"""Backends that answer every request with their own name, all in one process.

python3 backend_server.py http|memcached ADDRESS…

Binds a free port on each address, prints the names as a line of JSON, and serves until its input ends,
so that it cannot outlive who started it. An address that ends in `-` gets a port on which nobody
listens. Requests for /hold stay unanswered until a line is read; each is told by a line with the name of
its backend when it arrives.
"""

import asyncio
import json
import socket
import sys


class Http(asyncio.Protocol):
    """A connection over which requests without a body come."""

    end = b"\r\n\r\n"
    held = []

    def __init__(self, name):
        self.name = name
        self.unread = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        *requests, self.unread = (self.unread + data).split(self.end)
        for request in requests:
            self.serve(request)

    def serve(self, request):
        if request.split(b" ", 2)[1] == b"/hold":
            Http.held.append(self)
            print(self.name, flush=True)
        else:
            self.answer()

    def answer(self):
        body = self.name.encode()
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    @classmethod
    def release(cls):
        """Answers what is held."""
        for connection in cls.held:
            connection.answer()
        cls.held.clear()


class Memcached(Http):
    """A connection of a memcached that has every key; its value is the name."""

    end = b"\r\n"

    def serve(self, request):
        command, *keys = request.split(b" ")
        if command in (b"get", b"gets"):
            name = self.name.encode()
            values = [b"VALUE %s 0 %d\r\n%s\r\n" % (key, len(name), name) for key in keys if key]
            self.transport.write(b"".join(values) + b"END\r\n")
        else:
            self.transport.write(b"ERROR\r\n")


PROTOCOLS = {"http": Http, "memcached": Memcached}


def bound(address):
    """A socket on a free port of the address, and the name of the backend there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # Only of a socket that says that it is TCP does asyncio turn off waiting for acknowledgements.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind((address, 0))
    port = listener.getsockname()[1]
    host = f"[{address}]" if ":" in address else address
    return listener, f"{host}:{port}"


async def main(protocol, addresses):
    loop = asyncio.get_running_loop()
    backends = [(bound(address.rstrip("-")), not address.endswith("-")) for address in addresses]
    for (listener, name), listens in backends:
        if listens:
            await loop.create_server(lambda name=name: protocol(name), sock=listener, backlog=1024)
    print(json.dumps([name for (_, name), _ in backends]), flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        protocol.release()


if __name__ == "__main__":
    asyncio.run(main(PROTOCOLS[sys.argv[1]], sys.argv[2:]))
