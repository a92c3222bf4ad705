#!/usr/bin/env bash
# npm jumphash 0.2.2 and jump-gouache 2.1.1: for numbers from 2^52 on they are two different functions.
#
# Expected: both are jump consistent hash (Lamping and Veach, 2014), whose input is a number of 64 bits, so they agree
# on every safe integer of JavaScript.
# Seen (Node.js 20.20.2): of 1,000 numbers below 2^52 they agree on all, in 1,000 buckets; of 1,000 numbers from 2^52
# to 2^53 - 1 on none. jump-gouache agrees with jump-consistent-hash 3.6.0 of PyPI on all of them.
#
# Exits 1 if they differ below 2^52, or agree on more than 100 above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . jumphash@0.2.2 jump-gouache@2.1.1
cat > try.js <<'JS'
const jumphash = require('jumphash');
const { jump } = require('jump-gouache');
const agree = (from) => {
  let same = 0;
  for (let i = 0; i < 1000; i += 1) {
    const key = from + i * 4398046511;
    if (jumphash(key, 1000) === jump(key, 1000)) same += 1;
  }
  return same;
};
const [below, above] = [agree(1), agree(2 ** 52)];
console.log(`agree: ${below} of 1000 below 2^52, ${above} of 1000 above`);
process.exit(below === 1000 && above <= 100 ? 0 : 1);
JS
node try.js
