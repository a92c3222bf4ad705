#!/usr/bin/env bash
# npm @nestcloud/loadbalance 0.7.17, WeightedResponseTimeRule: the slowest server gets the most requests.
#
# Expected: as with Ribbon's rule of this name, the longer a server takes to answer, the fewer requests it gets.
# Seen (Node.js 20.20.2): a server's weight is its last response time less its average, and servers are sorted by it and
# taken in turn. So equal times give equal shares, and where times vary by 10%, the slowest is first or last most often: of
# 20,000 requests, servers of 10, 20, 40 and 1,000 ms get 19%, 23%, 25% and 33%. Response times are noted as the package's
# HttpDelegate does.
#
# Exits 1 if the server of 1,000 ms gets less than 30%, or not the most.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --legacy-peer-deps --prefix . \
  @nestcloud/loadbalance@0.7.17 @nestjs/common@7.6.18 reflect-metadata@0.1.14 rxjs@6.6.7
cat > try.js <<'JS'
require('reflect-metadata');
const { Loadbalancer } = require('@nestcloud/loadbalance/loadbalancer');
const { Server } = require('@nestcloud/loadbalance/server');
const { ServerState, PASSING } = require('@nestcloud/loadbalance/server-state');
const { WeightedResponseTimeRule } = require('@nestcloud/loadbalance/rules/weighted-response-time.rule');
let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const times = [10, 20, 40, 1000];
const counts = (variation) => {
  const servers = times.map((time, index) => {
    const server = new Server(`10.0.0.${index + 1}`, 80);
    server.state = new ServerState();
    server.state.status = PASSING;
    return Object.assign(server, { index, count: 0 });
  });
  const balancer = new Loadbalancer('1', 'service', [...servers], new WeightedResponseTimeRule());
  for (let number = 0; number < 20000; number += 1) {
    const server = balancer.chooseService();
    server.count += 1;
    server.state.incrementTotalRequests();
    server.state.noteFirstConnectionTime();
    server.state.noteResponseTime(times[server.index] * (1 + variation * (2 * random() - 1)));
  }
  return servers.map((server) => server.count);
};
console.log(`${times.join(', ')} ms, always: ${counts(0).join(' ')}`);
const varied = counts(0.1);
console.log(`${times.join(', ')} ms, more or less 10%: ${varied.join(' ')}`);
process.exit(varied[3] >= 6000 && varied[3] === Math.max(...varied) ? 0 : 1);
JS
node try.js
