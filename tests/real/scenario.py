"""A scenario: a config, the program that it is exported to, and requests whose answers are compared."""

import contextlib
import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import keys
from backends import backends
from evenkeel import check_import, export, write_config
from oracle import predict
from processes import Failed, free_port, wait_for_port
from traffic import Request, ask_as_clients, ask_in_order, ask_side_by_side

HELD = 200
ATTEMPTS = 3
CONFIG = "evenkeel.yaml"


@dataclass
class Scenario:
    """What is asked of a program and of Evenkeel."""

    title: str
    algorithm: str
    # One dictionary a backend, without its name: weight, down, attributes and so on.
    servers: list
    options: dict = field(default_factory=dict)
    # Where the program finds the key: `header:x-key`, `client`, or nowhere.
    key: str | None = "header:x-key"
    # How many requests stay unanswered while the others are asked.
    held: int = 0
    # Whether every third request lacks its key.
    keys_missing: bool = False
    # Backends, by their places, that are not said to be down but refuse connections.
    refusing: tuple = ()
    # Whether a backend joins the running program, and everything is asked again.
    grows: bool = False
    # What backends are called, with a place for a number, if not by their addresses.
    called: str | None = None
    # Where the backends are, if not where the program usually has them.
    addresses: list | None = None

    @property
    def is_in_order(self):
        """Whether answers depend on those before."""
        return self.key is None or bool(self.held) or self.keys_missing

    def config(self, names, down=()):
        """The config for backends of these names, some of them down beside those that are anyway."""
        servers = itertools.chain(self.servers, itertools.repeat({}))
        named = [
            {**self.identity(*who), **server} for who, server in zip(enumerate(names), servers)
        ]
        for place in down:
            named[place]["down"] = True
        options = {self.algorithm: self.options} if self.options else {}
        return {"algorithm": self.algorithm, "options": options, "backends": named}

    def identity(self, place, address):
        """What a backend is called and where it is."""
        if self.called is None:
            return {"name": address}
        return {"name": self.called.format(place), "address": address}

    def requests(self, protocol):
        """The requests, the held ones first."""
        if self.key == "client":
            return [Request(address) for address in keys.addresses()]
        if protocol == "memcached":
            return [Request(key) for key in keys.memcached_keys()]
        held = [Request(key, is_held=True) for key in keys.keys(self.held, seed=2)]
        asked = [Request(key) for key in keys.keys()]
        if self.keys_missing:
            asked[::3] = [Request(None)] * len(asked[::3])
        return held + asked


@dataclass
class Outcome:
    """What a program answered beside what was predicted."""

    program: str
    title: str
    # Triples of a key, the answer and the prediction.
    answers: list = field(default_factory=list)
    fault: str | None = None
    # What the answers are about.
    counted: str = "keys"

    @property
    def mismatches(self):
        return [answer for answer in self.answers if answer[1] != answer[2]]

    @property
    def has_passed(self):
        return not self.fault and bool(self.answers) and not self.mismatches


def run(program, scenario):
    """Plays a scenario from its config to the comparison of every answer."""
    outcome = Outcome(program.name, scenario.title)
    try:
        with tempfile.TemporaryDirectory(prefix="evenkeel-real-") as folder:
            play(program, scenario, Path(folder), outcome)
    except (Failed, OSError) as error:
        outcome.fault = str(error)
    return outcome


def play(program, scenario, folder, outcome):
    """What the program answers, and whether its config says the same when it is read back."""
    count = len(scenario.servers) + scenario.grows
    usual = itertools.cycle(scenario.addresses or program.addresses)
    addresses = list(itertools.islice(usual, count))
    for place in scenario.refusing:
        addresses[place] += "-"
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(backends(program.traffic.protocol, addresses))
        names = running.names[: len(scenario.servers)]
        port, process = stack.enter_context(listening(program, scenario, names, folder))
        outcome.answers += compared(program, scenario, names, port, running, folder)
        check_import(folder / program.file, folder / CONFIG)
        if scenario.grows:
            grown = exported(program, scenario, running.names, port, folder)
            stack.enter_context(program.reloaded(process, grown, folder))
            outcome.answers += compared(program, scenario, running.names, port, running, folder)


@contextlib.contextmanager
def listening(program, scenario, names, folder):
    """The program, started with what was exported, and its port."""
    with contextlib.ExitStack() as stack:
        for _ in range(ATTEMPTS):
            port = free_port()
            out = exported(program, scenario, names, port, folder)
            process = stack.enter_context(program.started(out, folder))
            if wait_for_port(process, port, program.log(folder)):
                yield port, process
                return
        raise Failed(f"{program.name} does not start: {program.log(folder).read_text()}")


def exported(program, scenario, names, port, folder):
    """A config for the program, which it finds right."""
    config, out = folder / CONFIG, folder / program.file
    write_config(config, scenario.config(names))
    key = scenario.key if program.is_told_of_keys else None
    export(config, program.name, out, key, f"127.0.0.1:{port}")
    program.check(out, folder)
    return out


def compared(program, scenario, names, port, running, folder):
    """Every key, the backend that answered, and the one that was predicted."""
    requests = scenario.requests(program.traffic.protocol)
    asked = [request.key for request in requests]
    if scenario.key == "client":
        answers = ask_as_clients(port, asked)
    elif scenario.is_in_order:
        answers = ask_in_order(port, requests, running)
    else:
        answers = ask_side_by_side(program.traffic, port, asked)
    config, path = scenario.config(names, down=scenario.refusing), folder / "predicted.yaml"
    write_config(path, config)
    addresses = {server["name"]: server.get("address") for server in config["backends"]}
    predicted = [addresses.get(name) or name for name in predict(path, requests)]
    return list(zip(asked, answers, predicted, strict=True))
