"""nginx: how it is started, checked and reloaded, and the scenarios."""

import contextlib
import signal
from pathlib import Path

from processes import run, started, wait_until
from scenario import HELD, Scenario
from traffic import Http


class Nginx:
    name = "nginx"
    file = "nginx.conf"
    traffic = Http
    addresses = ["127.0.0.1", "127.0.0.1", "127.0.0.2", "::1", "127.0.0.11"]
    is_told_of_keys = True

    @staticmethod
    def log(folder):
        return folder / "nginx.log"

    @staticmethod
    def command(out, folder):
        return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(out)]

    def check(self, out, folder):
        run([*self.command(out, folder), "-t", "-g", f"pid {folder}/nginx.pid;"])

    def started(self, out, folder):
        globally = f"daemon off; pid {folder}/nginx.pid;"
        return started([*self.command(out, folder), "-g", globally], self.log(folder))

    @contextlib.contextmanager
    def reloaded(self, process, _out, _folder):
        """Waits until the workers with the config of before are gone."""
        before = workers(process)
        process.send_signal(signal.SIGHUP)
        wait_until("nginx to reload", lambda: workers(process) and not before & workers(process))
        yield


def workers(master):
    """The processes whose parent is this one."""
    stats = (stat_of(path) for path in Path("/proc").glob("[0-9]*/stat"))
    return {int(pid) for pid, parent in filter(None, stats) if int(parent) == master.pid}


def stat_of(path):
    """A process and its parent, if it is still there."""
    try:
        pid, _, rest = path.read_text(errors="replace").partition(" ")
    except OSError:
        return None
    return pid, rest.rpartition(")")[2].split()[1]


EQUAL = [{}] * 5
WEIGHTED = [{"weight": weight} for weight in (1, 2, 3, 5, 8)]
ONE_DOWN = [{"weight": 3}, {"weight": 2, "down": True}, {}, {"weight": 4}, {}]

SCENARIOS = [
    Scenario("hash consistent", "nginx-hash-consistent", EQUAL),
    Scenario("hash consistent, weights, one down", "nginx-hash-consistent", ONE_DOWN),
    Scenario("hash consistent, one refuses", "nginx-hash-consistent", EQUAL, refusing=(2,)),
    Scenario("hash consistent, a backend joins", "nginx-hash-consistent", EQUAL, grows=True),
    Scenario("hash consistent, keys missing", "nginx-hash-consistent", ONE_DOWN, keys_missing=True),
    Scenario("hash, weights", "nginx-hash", WEIGHTED),
    Scenario("hash, weights, one down", "nginx-hash", ONE_DOWN),
    Scenario("hash, keys missing", "nginx-hash", WEIGHTED, keys_missing=True),
    Scenario("ip_hash, weights", "nginx-ip-hash", WEIGHTED, key="client"),
    Scenario("ip_hash, weights, one down", "nginx-ip-hash", ONE_DOWN, key="client"),
    Scenario("round robin, weights", "nginx-round-robin", WEIGHTED, key=None),
    Scenario("round robin, weights, one down", "nginx-round-robin", ONE_DOWN, key=None),
    Scenario("round robin, a backend joins", "nginx-round-robin", WEIGHTED, key=None, grows=True),
    Scenario("least_conn, requests held", "nginx-least-conn", EQUAL, key=None, held=HELD),
    Scenario(
        "least_conn, weights, requests held", "nginx-least-conn", WEIGHTED, key=None, held=HELD
    ),
    Scenario(
        "least_conn, max_conns, requests held",
        "nginx-least-conn",
        [{"max_in_flight": 9}, {"weight": 9, "max_in_flight": 50}, {}],
        key=None,
        held=HELD,
    ),
    Scenario(
        "round robin, backups while the others are down",
        "nginx-round-robin",
        [{"down": True}, {"backup": True, "weight": 2}, {"backup": True}],
        key=None,
    ),
]
