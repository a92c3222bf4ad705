"""What makes a plain config odd, or such that every program must refuse it."""

OTHERS = ["ketama", "rendezvous", "maglev", "modulo", "round-robin", "least-connections", "anchor"]


def a_backup(config, draw):
    draw.choice(config["backends"])["backup"] = True


def warm_up(config, _draw):
    config["warm_up"] = {"seconds": 60}


def subset(config, _draw):
    config["subset"] = {"client": "me", "size": 2}


def a_weight_beyond(config, draw):
    draw.choice(config["backends"])["weight"] = draw.randint(257, 1000)


def equal_ids(config, _draw):
    config["backends"] += [
        {"name": f"10.255.0.{end}:80", "attributes": {"id": 77}} for end in (1, 2)
    ]


def an_unknown_option(config, _draw):
    config["options"] = {config["algorithm"]: {"points": 12}}


def a_repeated_name(config, _draw):
    config["backends"].append(dict(config["backends"][0]))


def text_that_ends_a_line(config, draw):
    draw.choice(config["backends"])["name"] = draw.choice(
        [
            "10.0.0.1:80; return 200",
            "10.0.0.1:80 }",
            '"10.0.0.1:80',
            "10.0.0.1:80 # 1",
            "10.0.0.1:99999",
        ]
    )


def a_cap(config, draw):
    draw.choice(config["backends"])["max_in_flight"] = 5


def a_size_too_large(config, _draw):
    sizes = {"minimum_ring_size": 5000, "maximum_ring_size": 4000}
    config["algorithm"] = "envoy-ring-hash"
    config["options"] = {"envoy-ring-hash": sizes}


def a_table_of_no_prime(config, _draw):
    config["algorithm"] = "envoy-maglev"
    config["options"] = {"envoy-maglev": {"table_size": 65536}}


def a_long_tag(config, _draw):
    config["options"][config["algorithm"]] = {"hash_tag": "{{}}"}


def other_names(config, draw):
    """Names that are no addresses."""
    for place, backend in enumerate(config["backends"]):
        backend["address"] = backend["name"]
        backend["name"] = draw.choice(
            ["web", "cache №", "naïve'", 'with "quotes"', "a:b", "$x"]
        ) + str(place)


def one_address(config, draw):
    """Two names, one address."""
    other_names(config, draw)
    config["backends"][-1]["address"] = config["backends"][0]["address"]


def host_names(config, _draw):
    for place, backend in enumerate(config["backends"]):
        backend["name"] = f"localhost:{9000 + place}"


def no_ports(config, _draw):
    for place, backend in enumerate(config["backends"]):
        backend["name"] = f"10.7.0.{place + 1}"


def sockets(config, _draw):
    for place, backend in enumerate(config["backends"]):
        backend["name"] = f"unix:/run/backend-{place}.sock"


def a_drain(config, draw):
    draw.choice(config["backends"])["drain"] = True


def connections(config, draw):
    draw.choice(config["backends"])["connections"] = 3


def a_bound(config, _draw):
    config["bounded_load"] = 1.5


def another_algorithm(config, draw):
    config["algorithm"] = draw.choice(OTHERS)


def all_down(config, _draw):
    for backend in config["backends"]:
        backend["down"] = True


def a_seed(config, draw):
    config["seed"] = draw.getrandbits(64)


def old_ipv6(config, _draw):
    config["backends"][0]["name"] = "[2001:DB8:0:0::0:1]:80"


FAULTS = (subset, an_unknown_option, a_repeated_name, text_that_ends_a_line)
ODDITIES = (
    *(
        other_names,
        one_address,
        host_names,
        no_ports,
        sockets,
        a_drain,
        connections,
        a_bound,
        a_seed,
        warm_up,
    ),
    *(another_algorithm, all_down, a_backup, a_cap, old_ipv6),
)
