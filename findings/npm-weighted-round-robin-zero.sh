#!/usr/bin/env bash
# npm weighted-round-robin 2.0.2: a peer of weight 0 gets ten times the requests of a peer of weight 1.
#
# Expected: weight 0 takes a peer out of the turns, as in HAProxy, or is refused, as in nginx.
# Seen (Node.js 20.20.2): 0 is read as "no weight given", which is 10. Of 1,100 turns the peer of weight 0 has 1,000.
#
# Exits 1 if the peer of weight 0 has another count.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . weighted-round-robin@2.0.2
cat > try.js <<'JS'
const Peers = require('weighted-round-robin');
const peers = new Peers();
peers.add({ server: 'drained', weight: 0 });
peers.add({ server: 'used', weight: 1 });
const turns = { drained: 0, used: 0 };
for (let turn = 0; turn < 1100; turn += 1) turns[peers.get().server] += 1;
console.log(`weight 0: ${turns.drained}, weight 1: ${turns.used}`);
process.exit(turns.drained === 1000 ? 0 : 1);
JS
node try.js
