"""HAProxy: how it is started, checked and reloaded, and the scenarios."""

import contextlib

from processes import run, started, wait_until
from scenario import HELD, Scenario
from traffic import Http


class HAProxy:
    name = "haproxy"
    file = "haproxy.cfg"
    traffic = Http
    addresses = ["127.0.0.1", "127.0.0.1", "127.0.0.2", "::1", "127.0.0.11"]
    is_told_of_keys = True

    @staticmethod
    def log(folder):
        return folder / "haproxy.log"

    def check(self, out, _folder):
        run(["haproxy", "-c", "-f", str(out)])

    def started(self, out, folder, *more):
        """With one thread: another may get the next request before the last one is counted as done."""
        (folder / "threads.cfg").write_text("global\n    nbthread 1\n", encoding="utf-8")
        files = ["-f", str(folder / "threads.cfg"), "-f", str(out)]
        return started(["haproxy", "-db", *files, *more], self.log(folder))

    @contextlib.contextmanager
    def reloaded(self, process, out, folder):
        """Has a new process take over from the old one."""
        with self.started(out, folder, "-sf", str(process.pid)):
            wait_until("the old HAProxy to end", lambda: process.poll() is not None)
            yield


EQUAL = [{}] * 5
WEIGHTED = [{"weight": weight} for weight in (1, 2, 3, 5, 8)]
IDS = [
    {"weight": 100, "attributes": {"id": 7}},
    {"weight": 200, "down": True},
    {"weight": 50, "attributes": {"id": 2}},
    {"weight": 100},
    {"weight": 256, "attributes": {"id": 300000000}},
]


def ring(function, avalanche, **more):
    """Options of `hash-type consistent`."""
    return {"function": function, "avalanche": avalanche, **more}


CONSISTENT = "haproxy-hash-consistent"
MAP_BASED = "haproxy-hash-map-based"

SCENARIOS = [
    Scenario("consistent", CONSISTENT, EQUAL, ring("sdbm", True)),
    Scenario("consistent, weights, ids, one disabled", CONSISTENT, IDS, ring("sdbm", True)),
    Scenario("consistent sdbm", CONSISTENT, WEIGHTED, ring("sdbm", False)),
    Scenario("consistent djb2", CONSISTENT, WEIGHTED, ring("djb2", False)),
    Scenario("consistent djb2 avalanche", CONSISTENT, WEIGHTED, ring("djb2", True)),
    Scenario("consistent wt6", CONSISTENT, WEIGHTED, ring("wt6", False)),
    Scenario("consistent wt6 avalanche", CONSISTENT, WEIGHTED, ring("wt6", True)),
    Scenario("consistent crc32", CONSISTENT, WEIGHTED, ring("crc32", False)),
    Scenario("consistent crc32 avalanche", CONSISTENT, WEIGHTED, ring("crc32", True)),
    Scenario("consistent, keys missing", CONSISTENT, IDS, ring("sdbm", True), keys_missing=True),
    Scenario("consistent, a backend joins", CONSISTENT, EQUAL, ring("sdbm", True), grows=True),
    Scenario(
        "consistent, servers with names", CONSISTENT, IDS, ring("sdbm", True), called="web-{}"
    ),
    Scenario(
        "consistent, bounded, requests held",
        CONSISTENT,
        WEIGHTED,
        ring("sdbm", True, hash_balance_factor=125),
        held=HELD,
    ),
    Scenario("map-based, weights, one disabled", MAP_BASED, IDS, ring("sdbm", False)),
    Scenario("map-based crc32 avalanche", MAP_BASED, WEIGHTED, ring("crc32", True)),
    Scenario("map-based, keys missing", MAP_BASED, WEIGHTED, ring("wt6", True), keys_missing=True),
    Scenario("roundrobin, weights", "haproxy-roundrobin", WEIGHTED, key=None),
    Scenario("roundrobin, weights, one disabled", "haproxy-roundrobin", IDS, key=None),
    Scenario("static-rr, weights, one disabled", "haproxy-static-rr", IDS, key=None),
    Scenario("leastconn, requests held", "haproxy-leastconn", EQUAL, key=None, held=HELD),
    Scenario(
        "leastconn, weights, requests held", "haproxy-leastconn", WEIGHTED, key=None, held=HELD
    ),
    Scenario(
        "first, requests held",
        "haproxy-first",
        [
            {"max_in_flight": 40},
            {"max_in_flight": 90, "attributes": {"id": 9}},
            {"max_in_flight": 30},
            {},
        ],
        key=None,
        held=HELD,
    ),
    Scenario(
        "roundrobin, a backup while the others are down",
        "haproxy-roundrobin",
        [{"down": True}, {"backup": True}, {"backup": True}],
        key=None,
    ),
]
