#!/usr/bin/env bash
# npm hash-ring 1.0.1: every key of ordinary text reaches one and the same node.
#
# Expected: ten nodes share 20,000 keys about equally (128 replicas a node).
# Seen (Node.js 20.20.2): the lookup compares the key itself with the points of the ring, not the key's hash, and
# text is never at or above a number; so all keys fall back to the first point. With CRC-32 (the default) and with
# MD5 alike, one node has 20,000 of 20,000 keys.
#
# Exits 1 if more than one node has keys under either hash.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . hash-ring@1.0.1
cat > try.js <<'JS'
const HashRing = require('hash-ring');
const nodes = Array.from({ length: 10 }, (_, i) => `10.0.0.${i + 1}:11211`);
let same = true;
for (const hashMethod of ['crc32', 'md5']) {
  const ring = new HashRing(nodes, { hashMethod });
  const used = new Set(Array.from({ length: 20000 }, (_, i) => ring.getNode(`key-${i}`)));
  console.log(`${hashMethod}: ${used.size} of ${nodes.length} nodes used`);
  same = same && used.size === 1;
}
process.exit(same ? 0 : 1);
JS
node try.js
