#!/usr/bin/env bash
# npm jumphash 0.2.2: of a Buffer only the first eight bytes are hashed.
#
# Expected: keys of text spread over the buckets in whichever form they are given.
# Seen (Node.js 20.20.2): 20,000 keys session:0 to session:19999, given as Buffers, all reach bucket 9 of 10, since
# their first eight bytes are the same. The same keys given as strings are hashed whole and spread evenly.
#
# Exits 1 if the Buffers reach more than one bucket, or the strings fewer than ten.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . jumphash@0.2.2
cat > try.js <<'JS'
const jumphash = require('jumphash');
const keys = Array.from({ length: 20000 }, (_, i) => `session:${i}`);
const used = (form) => new Set(keys.map((key) => jumphash(form(key), 10))).size;
const [buffers, strings] = [used((key) => Buffer.from(key)), used((key) => key)];
console.log(`buckets used: as Buffers ${buffers}, as strings ${strings}`);
process.exit(buffers === 1 && strings === 10 ? 0 : 1);
JS
node try.js
