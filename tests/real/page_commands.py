"""The commands whose reports are looked at as pages, one of each kind, with few requests."""

import glob
from dataclasses import dataclass, field


@dataclass
class Report:
    """A command that writes a page; `{root}` stands for the sources, `{folder}` for the files."""

    title: str
    command: str
    # Files that it reads, by their names.
    files: dict = field(default_factory=dict)
    # An argument without which there is no such report.
    needs: str | None = None

    def arguments(self, root, folder):
        words = self.command.format(root=root, folder=folder).split()
        return [part for word in words for part in expanded(word)]


def expanded(word):
    """The files that a word with stars stands for, or the word itself."""
    return sorted(glob.glob(word)) if "*" in word else [word]


# Everything that can happen, within the second and a half that the requests take.
SCENARIO = """
events:
  - { at: 200ms, for: 200ms, slow: b1, speed: 0.2 }
  - { at: 500ms, for: 100ms, stop: b2, noticed_after: 20ms }
  - { at: 700ms, for: 100ms, drain: b3 }
  - { at: 900ms, add: b11 }
  - { at: 1100ms, for: 100ms, hot_key: client-1, share: 20% }
  - { at: 1200ms, deploy: all, down: 5ms, every: 10ms }
"""
FEW = "--requests 20000 --clients 2000"
LOG = "--access-log {root}/examples/access.log --key client"
PLAN = "plan -c {root}/configs/ketama.yaml --keys 20000 --add d:2 --add e"

REPORTS = [
    Report("compare", f"compare {FEW} --no-timing"),
    Report("compare, repeated", f"compare {FEW} --repeat 5 --algorithm ketama,maglev,rendezvous"),
    Report("compare, log", f"compare {LOG} --add x:3"),
    Report("compare, dialects", f"compare {FEW} --algorithm ketama --dialects --backends 5"),
    Report("compare, 1,000 backends", "compare --requests 50000 --clients 20000 --backends 1000"),
    Report("plan", PLAN),
    Report("plan, steps", f"{PLAN} --remove cache-1 --steps"),
    Report(
        "simulate, scenario",
        f"simulate {FEW} --load 0.7 --scenario {{folder}}/scenario.yaml --window 50ms --limit 20ms"
        " --cache 500 --hit-cost 0.2 --algorithm round-robin,least-connections,maglev,modulo",
        {"scenario.yaml": SCENARIO},
    ),
    Report("simulate, repeated", f"simulate {FEW} --load 0.8 --repeat 5 --limit 10ms"),
    Report("simulate, sweep", f"simulate {FEW} --load 0.5,0.7,0.9 --sweep", needs="--sweep"),
    Report("agreement", "agreement {root}/configs/clients/*.yaml --requests 20000 --clients 2000"),
]
