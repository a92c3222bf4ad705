"""twemproxy: how it is started and checked, and the scenarios."""

from processes import free_port, run, started
from scenario import Scenario
from traffic import Memcached


class Twemproxy:
    name = "twemproxy"
    file = "nutcracker.yml"
    traffic = Memcached
    addresses = ["127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.11"]
    # The key of memcached's protocol is the only one that there is.
    is_told_of_keys = False

    @staticmethod
    def log(folder):
        return folder / "nutcracker.log"

    def check(self, out, _folder):
        run(["nutcracker", "-t", "-c", str(out)])

    def started(self, out, folder):
        statistics = ["-a", "127.0.0.1", "-s", str(free_port())]
        return started(["nutcracker", "-c", str(out), *statistics], self.log(folder))


EQUAL = [{}] * 5
WEIGHTED = [{"weight": weight} for weight in (1, 2, 3, 5, 8)]

KETAMA = "twemproxy-ketama"
MODULA = "twemproxy-modula"


SCENARIOS = [
    Scenario("ketama", KETAMA, EQUAL),
    Scenario("ketama, weights", KETAMA, WEIGHTED),
    Scenario("ketama md5", KETAMA, EQUAL, {"hash": "md5"}),
    Scenario("ketama md5, weights", KETAMA, WEIGHTED, {"hash": "md5"}),
    Scenario("ketama, hash_tag", KETAMA, EQUAL, {"hash_tag": "{}"}),
    Scenario("ketama crc32a", KETAMA, EQUAL, {"hash": "crc32a"}),
    Scenario("ketama murmur", KETAMA, WEIGHTED, {"hash": "murmur"}),
    Scenario("ketama one_at_a_time", KETAMA, WEIGHTED, {"hash": "one_at_a_time"}),
    Scenario("ketama, 25 servers", KETAMA, [{}] * 25),
    Scenario("ketama, servers with names", KETAMA, WEIGHTED, called="cache-{}"),
    Scenario("ketama, IPv6", KETAMA, EQUAL, addresses=["::1", "127.0.0.1"]),
    Scenario("modula, servers with names", MODULA, WEIGHTED, called="cache-{}"),
    *(
        Scenario(f"modula {name}, weights", MODULA, WEIGHTED, {"hash": name})
        for name in ("fnv1a_64", "fnv1_64", "fnv1_32", "crc32", "hsieh", "jenkins")
    ),
]
