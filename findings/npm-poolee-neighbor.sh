#!/usr/bin/env bash
# npm poolee 1.0.1: the next node in the list gets all requests of a node that is down.
#
# Expected: with one of four nodes down, the three others get a third of the requests each.
# Seen (Node.js 20.20.2): a request starts at a random place in the list and takes the first node from there that is
# healthy and idle. So the node behind the one that is down gets two of four shares, 50% of 4,000 requests, and the others
# 25%. With all four up they get 25% each.
#
# Exits 1 if the next node gets less than 45%.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . poolee@1.0.1
cat > try.js <<'JS'
const http = require('http');
const Pool = require('poolee');
const counts = [0, 0, 0, 0];
const listen = (number) => new Promise((resolve) => {
  const server = http.createServer((request, response) => {
    if (request.url !== '/ping') counts[number] += 1;
    response.end('ok');
  });
  server.listen(0, '127.0.0.1', () => resolve(server));
});
const run = async (pool) => {
  counts.fill(0);
  for (let number = 0; number < 4000; number += 1) {
    await new Promise((resolve, reject) => {
      pool.get('/', (error, response, body) => (error ? reject(error) : resolve(body)));
    });
  }
  return [...counts];
};
const main = async () => {
  const servers = await Promise.all([0, 1, 2, 3].map(listen));
  const pool = new Pool(http, servers.map((server) => `127.0.0.1:${server.address().port}`), { ping: '/ping' });
  console.log('all up:', (await run(pool)).join(' '));
  servers[1].close();
  servers[1].closeAllConnections();
  const down = await run(pool);
  console.log('second down:', down.join(' '));
  process.exit(down[2] >= 1800 && down[1] === 0 ? 0 : 1);
};
main();
JS
node --no-deprecation try.js
