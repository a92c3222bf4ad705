#!/usr/bin/env bash
# PyPI Flexihash 1.5.1: names that begin alike share points of the ring.
#
# Expected: each target has 64 points of its own; the order in which targets are added does not matter, and any of
# them can be removed.
# Seen (Python 3.11.7): a point is the hash of the name with a number behind it, nothing between: `cache1` with 10 is
# `cache11` with 0. Of cache1 to cache12, the last to be added takes the point. Added in reverse order, 1.98% of 20,000 keys
# reach another target; after cache11 is removed, removing cache1 raises KeyError.
#
# Exits 1 if the order no longer matters or cache1 can be removed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check Flexihash==1.5.1
venv/bin/python - <<'PY'
from flexihash import Flexihash

names = [f"cache{number}" for number in range(1, 13)]
keys = [f"user:{number}" for number in range(20_000)]
ring = Flexihash().addTargets(names)
reversed_ring = Flexihash().addTargets(names[::-1])
moved = sum(ring.lookup(key) != reversed_ring.lookup(key) for key in keys)
print(f"keys that depend on the order of the targets: {moved} of {len(keys)}")
ring.removeTarget("cache11")
try:
    ring.removeTarget("cache1")
    raised = False
except KeyError as error:
    raised = True
    print("removing cache1 after cache11: KeyError", error)
raise SystemExit(0 if moved == 395 and raised else 1)
PY
