"""What becomes of a random config: written exactly, nearly, or refused, and never anything else."""

import collections
import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from evenkeel import check_import, export, write_config
from processes import Failed
from random_configs import configs
from scenario import Outcome

COUNT = 120


def play(program, seed):
    """Draws configs for a program and tells the fates of all."""
    drawn = configs(program.name, COUNT, seed)
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        fates = list(workers.map(lambda one: fate(program, one), drawn))
    kept = [
        one.fate is None and is_known(told) or told == one.fate for one, told in zip(drawn, fates)
    ]
    counts = collections.Counter(told for told in fates if is_known(told))
    tally = ", ".join(f"{count} {told}" for told, count in sorted(counts.items()))
    outcome = Outcome(program.name, f"random configs: {tally}", counted="configs")
    for one, told, is_kept in zip(drawn, fates, kept):
        shown = f"{one.key} {json.dumps(one.config, ensure_ascii=False)}"
        outcome.answers.append((shown, told, told if is_kept else one.fate or "any fate"))
    return outcome


def is_known(told):
    return told in ("exact", "near", "refused")


def fate(program, drawn):
    """`exact`, `near` or `refused`, or else the fault."""
    with tempfile.TemporaryDirectory(prefix="evenkeel-real-") as folder:
        try:
            return told_fate(program, drawn, Path(folder))
        except (Failed, OSError) as fault:
            return str(fault)


def told_fate(program, drawn, folder):
    config, out = folder / "evenkeel.yaml", folder / program.file
    write_config(config, drawn.config)
    if is_written(config, program, out, drawn.key, "--strict"):
        program.check(out, folder)
        check_import(out, config)
        return "exact"
    if is_written(config, program, out, drawn.key):
        program.check(out, folder)
        return "near"
    return "refused"


def is_written(config, program, out, key, *more):
    """Exports; who refuses must not have written anything."""
    before = set(out.parent.iterdir())
    done = export(config, program.name, out, key, "127.0.0.1:8080", *more, allowed=(0, 1, 2))
    if done.returncode and set(out.parent.iterdir()) != before:
        raise Failed("written in spite of a refusal")
    return done.returncode == 0
