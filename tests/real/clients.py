"""memcached clients: pylibmc, pymemcache, uhashring and npm's hashring, beside `evenkeel route`."""

import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from backends import backends
from evenkeel import write_config
from keys import memcached_keys
from oracle import route
from processes import Failed, run
from scenario import Outcome

HERE = Path(__file__).parent
EQUAL = [1] * 5
WEIGHTED = [1, 2, 3, 5, 8]


@dataclass
class Client:
    """A client library, and the dialect that answers as it does."""

    title: str
    algorithm: str
    weights: list
    options: dict = field(default_factory=dict)
    # The options of npm's hashring, in its own words.
    js: dict | None = None
    # Where the servers are, if the client never asks them.
    port: int | None = None

    @property
    def library(self):
        """The title up to the comma."""
        return self.title.partition(",")[0]

    def ask(self, names, keys):
        """Where the client goes for each key."""
        asked = {"servers": list(zip(names, self.weights)), "keys": keys}
        if self.js is None:
            command = [sys.executable, str(HERE / "ask_python.py")]
            asked["client"] = self.library
        else:
            command = ["node", str(HERE / "ask_hashring.js")]
            asked["options"] = self.js
        return json.loads(run(command, json.dumps(asked)).stdout)

    def config(self, names):
        servers = [{"name": name, "weight": weight} for name, weight in zip(names, self.weights)]
        options = {self.algorithm: self.options} if self.options else {}
        return {"algorithm": self.algorithm, "options": options, "backends": servers}


def play(client):
    """Asks the client and Evenkeel for the same keys."""
    outcome = Outcome("clients", client.title)
    try:
        with backends("memcached", ["127.0.0.1"] * len(client.weights)) as running:
            names = running.names
            if client.port:
                names = [f"10.0.0.{place}:{client.port}" for place in range(1, len(names) + 1)]
            outcome.answers += compared(client, names)
    except (Failed, OSError) as error:
        outcome.fault = str(error)
    return outcome


def compared(client, names):
    """Every key, the server that the client took, and the one that was predicted."""
    keys = memcached_keys()
    with tempfile.TemporaryDirectory(prefix="evenkeel-real-") as folder:
        config = Path(folder) / "evenkeel.yaml"
        write_config(config, client.config(names))
        return list(zip(keys, client.ask(names, keys), route(config, keys), strict=True))


def npm(title, weights, port, js, **options):
    return Client(f"npm hashring, {title}", "npm-hashring", weights, options, js, port)


CLIENTS = [
    Client("pylibmc, equal", "libmemcached-modula", EQUAL),
    Client("pylibmc md5, equal", "libmemcached-modula", EQUAL, {"hash": "md5"}),
    Client("pylibmc ketama, equal", "libmemcached-ketama", EQUAL),
    Client("pylibmc ketama, 25 servers", "libmemcached-ketama", [1] * 25),
    Client("pylibmc ketama_weighted, equal", "libmemcached-ketama-weighted", EQUAL),
    Client("pylibmc ketama_weighted, 25 servers", "libmemcached-ketama-weighted", [1] * 25),
    Client("pylibmc ketama_weighted, weights", "libmemcached-ketama-weighted", WEIGHTED),
    Client("pymemcache, equal", "pymemcache-rendezvous", EQUAL),
    Client("uhashring, equal", "uhashring", EQUAL, port=11211),
    Client("uhashring, weights", "uhashring", WEIGHTED, port=11211),
    Client("uhashring ketama, equal", "uhashring-ketama", EQUAL, port=11211),
    Client("uhashring ketama, weights", "uhashring-ketama", WEIGHTED, port=11211),
    npm("equal", EQUAL, 11211, {}),
    npm("7 servers", [1] * 7, 11211, {}),
    npm("weights", WEIGHTED, 11212, {}),
    npm("default port", EQUAL, 11211, {"default port": 11211}, default_port=11211),
    npm("default port, weights", WEIGHTED, 11211, {"default port": 11211}, default_port=11211),
    npm("as hash_ring", EQUAL, 11211, {"compatibility": "hash_ring"}, compatibility="hash_ring"),
    npm(
        "as hash_ring, weights",
        WEIGHTED,
        11211,
        {"compatibility": "hash_ring"},
        compatibility="hash_ring",
    ),
]
