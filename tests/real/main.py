"""Holds Evenkeel's dialects, exports and pages to the programs themselves, running on this machine.

python3 tests/real/main.py [--seed SEED] [--pictures FOLDER] [WORD…]

Each scenario exports a config, has the program check it, starts the program, asks it for 10,000 keys
and compares every answer with Evenkeel's. Random configs are exported, checked and read back. Reports
are opened as pages in a browser. Words choose the scenarios whose program or title has one of them.
`EVENKEEL` names the binary. `.ci/real` installs what is needed and runs everything.
"""

import argparse
import signal
import sys
from pathlib import Path

import clients
import envoy
import fate
import haproxy
import nginx
import page_commands
import pages
import twemproxy
from scenario import run

from report import print_outcome, print_totals

PROGRAMS = [
    (nginx.Nginx(), nginx.SCENARIOS),
    (haproxy.HAProxy(), haproxy.SCENARIOS),
    (envoy.Envoy(), envoy.SCENARIOS),
    (twemproxy.Twemproxy(), twemproxy.SCENARIOS),
]


def is_chosen(name, title, words):
    return not words or any(word in f"{name} {title}" for word in words)


def outcomes(words, seed, docs):
    """Plays what is chosen, one scenario after the other."""
    for program, scenarios in PROGRAMS:
        for scenario in scenarios:
            if is_chosen(program.name, scenario.title, words):
                yield run(program, scenario)
        if is_chosen(program.name, "random configs", words):
            yield fate.play(program, seed)
    for client in clients.CLIENTS:
        if is_chosen("clients", client.title, words):
            yield clients.play(client)
    for report in page_commands.REPORTS:
        if is_chosen("pages", report.title, words):
            yield pages.play(report, docs)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of the random configs")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="put the docs' pictures here")
    parser.add_argument("words", nargs="*", metavar="WORD", help="choose scenarios")
    return parser.parse_args()


def main(chosen):
    # So that an end from outside unwinds, and ends what was started.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda caught, _: sys.exit(128 + caught))
    print(f"seed {chosen.seed}")
    done = []
    for outcome in outcomes(chosen.words, chosen.seed, chosen.pictures):
        print_outcome(outcome)
        done.append(outcome)
    print_totals(done)
    return 0 if done and all(outcome.has_passed for outcome in done) else 1


if __name__ == "__main__":
    sys.exit(main(arguments()))
