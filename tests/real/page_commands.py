"""The commands whose reports are looked at as pages, some of each kind."""

import glob
import json
import shlex
from dataclasses import dataclass, field

from chromium import View


@dataclass
class Report:
    """A command in the root of the repository; `{folder}` stands for where its files are."""

    title: str
    command: str
    # Files that it reads, by their names.
    files: dict = field(default_factory=dict)
    # How the docs show the page.
    shown: tuple = ()

    def arguments(self, folder):
        words = shlex.split(self.command)
        parts = [part for word in words for part in expanded(word)]
        return [part.replace("{folder}", str(folder)) for part in parts]


def expanded(word):
    """The files that a word with stars stands for, or the word itself."""
    return sorted(glob.glob(word)) if "*" in word else [word]


# Everything that can happen, within the three seconds that the requests take.
SCENARIO = """
events:
  - { at: 200ms, for: 200ms, slow: b1, speed: 0.2 }
  - { at: 600ms, for: 200ms, stop: b2, noticed_after: 20ms }
  - { at: 1000ms, for: 200ms, drain: b3 }
  - { at: 1200ms, for: 200ms, remove: b4 }
  - { at: 1400ms, add: b11 }
  - { at: 1600ms, reweight: b5, weight: 3 }
  - { at: 1800ms, for: 300ms, hot_key: client-1, share: 20% }
  - { at: 2300ms, deploy: all, down: 5ms, every: 10ms }
"""
# What ends an element or an attribute, is long, wide, written from right to left, or two letters in one.
ODD_NAMES = [
    *("<b>bold</b>", 'say "hi"', "it's", "a&amp;b", "</title></svg><script>", "-", "%41", "{{ 1 }}"),
    *("a very long name of a backend that stands in no table and in no plot", "W" * 40, "i" * 40),
    *("cache-7.eu-central-1.compute.internal", "größe", "キャッシュサーバー", "خادم", "🐟🐟🐟", "n̈"),
]
# So few that a ring is drawn.
FEW_ODD_NAMES = ODD_NAMES[:3] + ODD_NAMES[-8:]
ODD = f"-b {shlex.quote(','.join(ODD_NAMES))}"


def ring(algorithm, backends):
    """A config with so many backends, each of the weight 1 or 2."""
    names = (f"{{ name: cache-{number}, weight: {number % 2 + 1} }}" for number in range(backends))
    return f"algorithm: {algorithm}\nbackends: [{', '.join(names)}]\n"


FEW = "-n 20000 --clients 2000"
KETAMA = "configs/ketama.yaml"
OUTAGE = "--load 0.5 --scenario examples/outage.yaml"

# Of weight 1 each, and so that the port is not taken for the weight.
POOL = ",".join(f"10.0.0.{number}:11211:1" for number in range(1, 8))

# Those that the docs show.
EXAMPLES = [
    Report(
        "compare",
        "compare -n 200000 --clients 20000",
        shown=(View(1280, "light"), View(400, "dark")),
    ),
    Report(
        "plan",
        f"plan {KETAMA} --add d:2 --remove cache-1",
        shown=(View(1280, "light"),),
    ),
    Report(
        "simulate",
        f"simulate {OUTAGE} -n 300000 --distribution zipf:0.9 --cache 500 --hit-cost 0.2 --window 1s"
        " --slo 20ms -a round-robin,least-connections,rendezvous,maglev,modulo",
        shown=(View(1280, "dark"), View(400, "light")),
    ),
    Report(
        "agreement",
        f"agreement configs/clients/*.yaml -b {POOL} -n 100000 --clients 10000",
        shown=(View(1280, "light"),),
    ),
]
REPORTS = EXAMPLES + [
    Report("compare, repeated", f"compare {FEW} --repeat 5"),
    Report("compare, log", "compare --access-log examples/access.log --key client --add x:3"),
    Report("compare, dialects", f"compare {FEW} -a all --dialects -b 5"),
    Report("compare, odd names", f"compare {FEW} {ODD} -a ketama,maglev,rendezvous"),
    Report("compare, 1,000 backends", "compare -n 20000 --clients 20000 -b 1000"),
    Report("plan, steps", f"plan {KETAMA} --keys 20000 --add d:2 --add e --add f --remove cache-1 --steps"),
    Report(
        "plan, 1,000 backends",
        "plan --keys 50000 {folder}/before.yaml {folder}/after.yaml",
        {"before.yaml": ring("ketama", 1000), "after.yaml": ring("rendezvous", 1000)},
    ),
    Report(
        "plan, odd names",
        "plan --keys 20000 {folder}/odd.yaml --remove n̈ --add x",
        {"odd.yaml": json.dumps({"algorithm": "ketama", "backends": FEW_ODD_NAMES}, ensure_ascii=False)},
    ),
    Report(
        "simulate, everything",
        f"simulate {FEW} --load 0.7 --scenario {{folder}}/scenario.yaml --window 50ms --slo 20ms"
        " --cache 500 --hit-cost 0.2 --queue-limit 20",
        {"scenario.yaml": SCENARIO},
    ),
    Report(
        "simulate, no window",
        f"simulate {OUTAGE} -n 30000 --service-mean 10ms -a round-robin,peak-ewma",
    ),
    Report("simulate, repeated", f"simulate {FEW} --load 0.8 --repeat 5 --slo 10ms"),
    Report("simulate, sweep", f"simulate {FEW} --load 0.9 --sweep 0.5,0.7,0.8,0.95"),
    Report("simulate, odd names", f"simulate {FEW} {ODD} --load 0.8 -a random,least-request"),
    Report("simulate, 1,000 backends", "simulate --load 0.8 -n 50000 -b 1000"),
    Report(
        "agreement, two",
        f"agreement configs/clients/libketama.yaml configs/clients/twemproxy.yaml {FEW}",
    ),
]
