#!/usr/bin/env bash
# npm ketama 1.0.0: asked for as many owners as there are nodes, it lists the nodes as they were added.
#
# Expected: getNodes(key, n) begins with getNode(key) for every n, as owners for replicas and retries have to.
# Seen (Node.js 20.20.2): with three nodes, getNodes(key, 2) begins with the key's node for 1,000 of 1,000 keys,
# getNodes(key, 3) for 344: it is the list of all nodes, the same for every key. So a pool that shrinks to its number of
# replicas sends the first try of every key to one node.
#
# Exits 1 if lists of two do not all begin with the key's node, or those of three differ from key to key.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . ketama@1.0.0
cat > try.js <<'JS'
const { HashRing } = require('ketama');
const ring = new HashRing(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
const keys = Array.from({ length: 1000 }, (_, i) => `key-${i}`);
const begins = (count) => keys.filter((key) => ring.getNodes(key, count)[0] === ring.getNode(key)).length;
const lists = new Set(keys.map((key) => ring.getNodes(key, 3).join(' ')));
console.log(`lists of 2: ${begins(2)} begin with the owner; lists of 3: ${begins(3)}, ${lists.size} different`);
process.exit(begins(2) === 1000 && lists.size === 1 ? 0 : 1);
JS
node try.js
