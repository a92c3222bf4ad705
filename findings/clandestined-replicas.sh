#!/usr/bin/env bash
# PyPI clandestined 1.1.0: a cluster with more replicas than zones lists the same node twice.
#
# Expected: Cluster(nodes, replicas=4) finds four nodes for a key, as nine nodes in three zones have room for, or
# says that there are too few zones.
# Seen (Python 3.11.7): the fourth is taken from a zone that has been asked already, and is the same node again: all of
# 4,000 keys have three distinct nodes in a list of four. One lost node is two of four copies.
#
# Exits 1 if a list of four has another number of distinct nodes than three.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check clandestined==1.1.0
venv/bin/python - <<'PY'
import collections
from clandestined import Cluster

nodes = {str(number): {"name": f"cache-{number}", "zone": f"zone-{number % 3}"} for number in range(9)}
cluster = Cluster(nodes, replicas=4)
lists = [cluster.find_nodes(f"key-{number}") for number in range(4000)]
distinct = collections.Counter((len(found), len(set(found))) for found in lists)
print("length and distinct nodes:", dict(distinct))
raise SystemExit(0 if distinct == {(4, 3): 4000} else 1)
PY
