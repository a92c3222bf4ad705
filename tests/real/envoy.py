"""Envoy: how it is started, checked and restarted, and the scenarios."""

import contextlib
from pathlib import Path

from processes import run, started, wait_until
from scenario import HELD, Scenario
from traffic import Http


class Envoy:
    name = "envoy"
    file = "envoy.yaml"
    traffic = Http
    addresses = ["127.0.0.1", "127.0.0.1", "127.0.0.2", "::1", "127.0.0.11"]
    is_told_of_keys = True

    @staticmethod
    def log(folder):
        return folder / "envoy.log"

    def check(self, out, _folder):
        run(["envoy", "--mode", "validate", "-l", "error", "-c", str(out)])

    @contextlib.contextmanager
    def started(self, out, folder):
        """Envoy leaves the memory that it shares with the next one; nobody needs it afterwards."""
        base_id = folder / "base-id"
        dynamic = ["--use-dynamic-base-id", "--base-id-path", str(base_id)]
        with started(self.command(out, *dynamic), self.log(folder)) as process:
            yield process
        if base_id.exists():
            shared = Path(f"/dev/shm/envoy_shared_memory_{base_id.read_text().strip()}0")
            shared.unlink(missing_ok=True)

    @staticmethod
    def command(out, *more):
        return ["envoy", "-c", str(out), "--concurrency", "1", "-l", "error", *more]

    @contextlib.contextmanager
    def reloaded(self, process, out, folder):
        """Has a new process take over the sockets of the old one."""
        base_id = (folder / "base-id").read_text().strip()
        soon = ["--drain-time-s", "1", "--parent-shutdown-time-s", "2"]
        hot = self.command(out, "--base-id", base_id, "--restart-epoch", "1", *soon)
        with started(hot, self.log(folder)):
            wait_until("the old Envoy to end", lambda: process.poll() is not None)
            yield


EQUAL = [{}] * 5
WEIGHTED = [{"weight": weight} for weight in (1, 2, 3, 5, 8)]
ONE_DOWN = [{"weight": 3}, {"weight": 2, "down": True}, {}, {"weight": 4}, {}]
DRAINING_IN_A_DEEPER_PANIC = [{}, {"down": True}, {"drain": True}, {"drain": True}, {"down": True}]
DRAINING = [{}, {"drain": True}, {"weight": 2}, {}]
DOWN_AND_DRAINING = [{}, {"down": True}, {"down": True}, {"down": True, "drain": True}]
DRAINING_IN_PANIC = [{}, {"down": True}, {"down": True}, {"drain": True}, {"weight": 2}]
PANIC = [{}, {"down": True}, {"down": True}, {"down": True}, {"weight": 2}]
HASH_KEYS = [
    {"weight": place + 1, "attributes": {"hash_key": f"shard №{place}"}} for place in range(5)
]
HOSTNAMES = [{"attributes": {"hostname": f"cache-{place}.internal"}} for place in range(5)]

RING = "envoy-ring-hash"
MAGLEV = "envoy-maglev"

SCENARIOS = [
    Scenario("ring_hash", RING, EQUAL),
    Scenario("ring_hash, weights, one unhealthy", RING, ONE_DOWN),
    Scenario("ring_hash, panic", RING, PANIC),
    Scenario("ring_hash, one draining", RING, DRAINING),
    Scenario("ring_hash, one draining in panic", RING, DRAINING_IN_PANIC),
    Scenario("ring_hash, one down and draining in panic", RING, DOWN_AND_DRAINING),
    Scenario("ring_hash, two draining in panic", RING, DRAINING_IN_A_DEEPER_PANIC),
    Scenario("maglev, one draining in panic", MAGLEV, DRAINING_IN_PANIC),
    Scenario("ring_hash, no panic threshold", RING, PANIC, {"healthy_panic_threshold": 0}),
    Scenario("ring_hash MURMUR_HASH_2", RING, WEIGHTED, {"hash_function": "MURMUR_HASH_2"}),
    Scenario(
        "ring_hash, sizes", RING, WEIGHTED, {"minimum_ring_size": 300, "maximum_ring_size": 311}
    ),
    Scenario("ring_hash, hostnames", RING, HOSTNAMES, {"use_hostname_for_hashing": True}),
    Scenario(
        "ring_hash, one without hostname",
        RING,
        [*HOSTNAMES[:4], {}],
        {"use_hostname_for_hashing": True},
    ),
    Scenario("ring_hash, hosts with names", RING, WEIGHTED, called="cache-{}"),
    Scenario("ring_hash, a backend joins", RING, EQUAL, grows=True),
    Scenario(
        "ring_hash, bounded, requests held", RING, WEIGHTED, {"hash_balance_factor": 120}, held=HELD
    ),
    Scenario("maglev", MAGLEV, EQUAL),
    Scenario("maglev, weights, one unhealthy", MAGLEV, ONE_DOWN),
    Scenario("maglev, weights, hash_key", MAGLEV, HASH_KEYS),
    Scenario("maglev, table of 1021", MAGLEV, WEIGHTED, {"table_size": 1021}),
    Scenario("maglev, hostnames", MAGLEV, HOSTNAMES, {"use_hostname_for_hashing": True}),
    Scenario("maglev, a backend joins", MAGLEV, WEIGHTED, grows=True),
    Scenario(
        "maglev, bounded, requests held", MAGLEV, EQUAL, {"hash_balance_factor": 110}, held=HELD
    ),
]
