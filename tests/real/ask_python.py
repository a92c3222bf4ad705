"""Asks a Python client where keys go; run by the Python that has the libraries.

Reads {"client": …, "servers": [[NAME, WEIGHT], …], "keys": […]} and prints the names as JSON.
"""

import json
import sys


def pylibmc(servers, keys, behaviors):
    """What the server says that pylibmc asks."""
    import pylibmc

    client = pylibmc.Client([f"{name}:{weight}" for name, weight in servers], behaviors=behaviors)
    return [client.get(key).decode() for key in keys]


def pymemcache(servers, keys):
    """What the server says that pymemcache's HashClient asks."""
    from pymemcache.client.hash import HashClient

    client = HashClient([name for name, _ in servers], allow_unicode_keys=True)
    return [client.get(key).decode() for key in keys]


def uhashring(servers, keys, **options):
    from uhashring import HashRing

    ring = HashRing({name: {"weight": weight} for name, weight in servers}, **options)
    return [ring.get_node(key) for key in keys]


CLIENTS = {
    "pylibmc": lambda *asked: pylibmc(*asked, {}),
    "pylibmc md5": lambda *asked: pylibmc(*asked, {"hash": "md5"}),
    "pylibmc ketama": lambda *asked: pylibmc(*asked, {"ketama": True}),
    "pylibmc ketama_weighted": lambda *asked: pylibmc(*asked, {"ketama_weighted": True}),
    "pymemcache": pymemcache,
    "uhashring": uhashring,
    "uhashring ketama": lambda *asked: uhashring(*asked, hash_fn="ketama"),
}

if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(CLIENTS[asked["client"]](asked["servers"], asked["keys"]), sys.stdout)
