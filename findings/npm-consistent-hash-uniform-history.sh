#!/usr/bin/env bash
# npm consistent-hash 1.2.2, `distribution: 'uniform'`: a ring depends on how its nodes came, not only on which they are.
#
# Expected: a node added to ten takes 1/11 of the keys, and the ring is then that of a process which starts with eleven.
# Seen (Node.js 20.20.2): the node that is added takes 5.0% of 20,000 keys instead of 9.1%. A process that starts
# with the same eleven nodes sends 51% of the keys elsewhere than the one that added the eleventh (the points of a
# fresh ring are spaced again). So a restart after an addition moves half of the keys.
#
# Exits 1 if the added node takes more than 7% of the keys, or less than 40% of them differ after a restart.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . consistent-hash@1.2.2
cat > try.js <<'JS'
const ConsistentHash = require('consistent-hash');
const nodes = Array.from({ length: 11 }, (_, i) => `10.0.0.${i + 1}:11211`);
const keys = Array.from({ length: 20000 }, (_, i) => `key-${i}`);
function ring(count) {
  const made = new ConsistentHash({ distribution: 'uniform' });
  nodes.slice(0, count).forEach((node) => made.add(node));
  return made;
}
const running = ring(10);
keys.forEach((key) => running.get(key)); // its points are placed at the first request
running.add(nodes[10]);
const restarted = ring(11);
const share = keys.filter((key) => running.get(key) === nodes[10]).length / keys.length;
const differ = keys.filter((key) => running.get(key) !== restarted.get(key)).length / keys.length;
console.log(`share of the added node ${share}, keys that differ after a restart ${differ}`);
process.exit(share < 0.07 && differ > 0.4 ? 0 : 1);
JS
node try.js
