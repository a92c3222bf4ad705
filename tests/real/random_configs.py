"""Random configs, drawn from a seed: plain ones, odd ones, and such as must be refused."""

import random
from dataclasses import dataclass

from changes import (
    FAULTS,
    ODDITIES,
    a_backup,
    a_cap,
    a_long_tag,
    a_size_too_large,
    a_table_of_no_prime,
    a_weight_beyond,
    equal_ids,
)

TWEMPROXY_HASHES = """one_at_a_time md5 crc32 crc32a fnv1_64 fnv1a_64 fnv1_32 fnv1a_32 hsieh murmur
jenkins""".split()


@dataclass
class Drawn:
    """A config, where its key is, and the fate that it must have: any, or one of `fate.py`'s."""

    config: dict
    key: str | None
    fate: str | None = None


@dataclass
class Kind:
    """What a program can say."""

    # The options of an algorithm, drawn.
    algorithms: dict
    heaviest: int
    # Algorithms that use no key, and that have backups.
    keyless: tuple = ()
    with_backups: tuple = ()
    # Algorithms that have caps, of configs without backups.
    with_caps: tuple = ()
    # How the attributes of a backend are drawn, if there are any.
    attributes: object = None
    has_downs: bool = True
    has_ipv6: bool = True
    # Whether it is told where a request has its key.
    has_keys: bool = True
    # Each makes a config such that it must be refused.
    faults: tuple = ()


def ring_of_haproxy(draw):
    options = function_of_haproxy(draw)
    if draw.random() < 0.3:
        options["hash_balance_factor"] = draw.randint(101, 400)
    return options


def function_of_haproxy(draw):
    return {
        "function": draw.choice(["sdbm", "djb2", "wt6", "crc32"]),
        "avalanche": draw.random() < 0.5,
    }


def ring_of_envoy(draw):
    sizes = {
        "minimum_ring_size": draw.randint(1, 3000),
        "maximum_ring_size": draw.randint(3000, 9000),
    }
    return {
        **sizes,
        "hash_function": draw.choice(["XX_HASH", "MURMUR_HASH_2"]),
        **hosts_of_envoy(draw),
    }


def maglev_of_envoy(draw):
    return {"table_size": draw.choice([251, 1021, 16381, 65537]), **hosts_of_envoy(draw)}


def hosts_of_envoy(draw):
    drawn = {
        "healthy_panic_threshold": draw.randint(0, 100),
        "hash_balance_factor": draw.randint(100, 300),
        "use_hostname_for_hashing": True,
    }
    return {name: value for name, value in drawn.items() if draw.random() < 0.3}


def of_twemproxy(draw):
    options = {"hash": draw.choice(TWEMPROXY_HASHES)}
    if draw.random() < 0.4:
        options["hash_tag"] = draw.choice(["{}", "<>", "[]", "::", "''"])
    return options


def envoy_attributes(draw, place):
    hostname = {"hostname": f"host-{place}.example"}
    return draw.choice([hostname, {"hash_key": f"key {place}: “x”", **hostname}])


def nothing(_draw):
    return {}


KINDS = {
    "nginx": Kind(
        {
            "nginx-hash-consistent": nothing,
            "nginx-hash": nothing,
            "nginx-ip-hash": nothing,
            "nginx-round-robin": nothing,
            "nginx-least-conn": nothing,
        },
        heaviest=100,
        keyless=("nginx-round-robin", "nginx-least-conn"),
        with_backups=("nginx-round-robin", "nginx-least-conn"),
        with_caps=("nginx-round-robin", "nginx-least-conn"),
        faults=FAULTS,
    ),
    "haproxy": Kind(
        {
            "haproxy-hash-consistent": ring_of_haproxy,
            "haproxy-hash-map-based": function_of_haproxy,
            "haproxy-roundrobin": nothing,
            "haproxy-static-rr": nothing,
            "haproxy-leastconn": nothing,
            "haproxy-first": nothing,
        },
        heaviest=256,
        keyless=("haproxy-roundrobin", "haproxy-static-rr", "haproxy-leastconn", "haproxy-first"),
        with_backups=("haproxy-roundrobin", "haproxy-leastconn", "haproxy-hash-consistent"),
        with_caps=("haproxy-first",),
        attributes=lambda draw, place: {"id": draw.randint(1, 5000) * 16 + place},
        faults=(*FAULTS, a_weight_beyond, equal_ids),
    ),
    "envoy": Kind(
        {"envoy-ring-hash": ring_of_envoy, "envoy-maglev": maglev_of_envoy},
        heaviest=500,
        attributes=envoy_attributes,
        faults=(*FAULTS, a_size_too_large, a_table_of_no_prime),
    ),
    "twemproxy": Kind(
        {"twemproxy-ketama": of_twemproxy, "twemproxy-modula": of_twemproxy},
        heaviest=50,
        has_downs=False,
        has_ipv6=False,
        has_keys=False,
        faults=(*FAULTS, a_backup, a_cap, a_long_tag),
    ),
}


def configs(program, count, seed):
    """As many configs for a program, the same for the same seed."""
    draw = random.Random(f"{program} {seed}")
    return [drawn(KINDS[program], draw) for _ in range(count)]


def drawn(kind, draw):
    """A config: of ten about six are plain, three odd, and one must be refused."""
    plain = plain_config(kind, draw)
    key = None
    if kind.has_keys and plain["algorithm"] not in kind.keyless:
        key = key_of(plain["algorithm"], draw)
    sort = draw.random()
    if sort < 0.6:
        return Drawn(plain, key, "exact")
    if sort < 0.9:
        draw.choice(ODDITIES)(plain, draw)
        return Drawn(plain, key)
    draw.choice(kind.faults)(plain, draw)
    return Drawn(plain, key, "refused")


def key_of(algorithm, draw):
    """A part of a request."""
    if algorithm == "nginx-ip-hash":
        return draw.choice([None, "client"])
    return draw.choice(["header:X-Key", "cookie:session", "query:user", "client", "path"])


def plain_config(kind, draw):
    """A config that the program can say all of."""
    algorithm = draw.choice(list(kind.algorithms))
    has_attributes = kind.attributes is not None and draw.random() < 0.5
    has_backups = algorithm in kind.with_backups and draw.random() < 0.5
    has_caps = algorithm in kind.with_caps and not has_backups
    backends = []
    for place in range(draw.randint(1, 9)):
        backend = {"name": address(kind, draw, place)}
        backend |= settings(kind, draw, place, has_backups, has_caps)
        if has_attributes:
            backend["attributes"] = kind.attributes(draw, place)
        backends.append(backend)
    options = kind.algorithms[algorithm](draw)
    return {
        "algorithm": algorithm,
        "options": {algorithm: options} if options else {},
        "backends": backends,
    }


def address(kind, draw, place):
    """An address that no other place has."""
    port = draw.choice([80, 8080, 11211, draw.randint(1, 65535)])
    if kind.has_ipv6 and draw.random() < 0.3:
        return f"[2001:db8:{draw.getrandbits(16):x}::{place + 1:x}]:{port}"
    return f"10.{draw.randrange(256)}.{draw.randrange(256)}.{place + 1}:{port}"


def settings(kind, draw, place, has_backups, has_caps):
    """Weight, health and cap; the first backend always serves."""
    backend = {}
    if draw.random() < 0.6:
        backend["weight"] = draw.randint(1, kind.heaviest)
    if place and kind.has_downs and draw.random() < 0.2:
        backend["down"] = True
    if place and has_backups and draw.random() < 0.3:
        backend["backup"] = True
    if has_caps and draw.random() < 0.3:
        backend["max_in_flight"] = draw.randint(1, 1000)
    return backend
