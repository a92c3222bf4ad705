#!/usr/bin/env bash
# npm @socket.io/sticky 2.0.1, least-connection (its default): clients that connect at once reach one worker.
#
# Expected: 40 clients that connect at the same time, as after a restart, are spread over four idle workers.
# Seen (Node.js 20.20.2, socket.io 4.8.4): a client is counted only when its worker reports the session, so until the first
# report all counts are zero and the first worker is chosen. Where a worker checks each client for half a second first
# (`allowRequest`), 40 of 40 reach it; without a check, 26 to 40. With `round-robin` each worker gets ten.
#
# Exits 1 if not all of them reach one worker, or round-robin is uneven.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @socket.io/sticky@2.0.1 socket.io@4.8.4 >/dev/null
cat >workers.js <<'JS'
const cluster = require("cluster");
const http = require("http");
const { setupMaster, setupWorker } = require("@socket.io/sticky");

const port = 18544;
const [loadBalancingMethod] = process.argv.slice(2);
if (cluster.isPrimary) {
  const server = http.createServer();
  setupMaster(server, { loadBalancingMethod });
  cluster.setupPrimary({ serialization: "advanced" });
  for (let number = 0; number < 4; number += 1) cluster.fork();
  const sessions = new Map();
  cluster.on("message", (worker, message) => {
    if (message.type === "sticky:connection") sessions.set(worker.id, (sessions.get(worker.id) ?? 0) + 1);
  });
  server.listen(port, () => setTimeout(() => main(sessions), 2000));
} else {
  const { Server } = require("socket.io");
  // As a look into a database would take.
  const allowRequest = (_, answer) => setTimeout(() => answer(null, true), 500);
  setupWorker(new Server(http.createServer(), { allowRequest }));
}

const connect = () =>
  new Promise((resolve, reject) => {
    const path = "/socket.io/?EIO=4&transport=polling";
    const request = http.get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume();
      response.on("end", resolve);
    });
    request.on("error", reject);
  });

async function main(sessions) {
  await Promise.all(Array.from({ length: 40 }, connect));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const counts = [...sessions.values()];
  console.log(`${loadBalancingMethod}: sessions of the workers that have some: ${counts.join(", ")}`);
  for (const worker of Object.values(cluster.workers)) worker.process.kill();
  const seen = { "least-connection": "40", "round-robin": "10,10,10,10" };
  process.exit(counts.join() === seen[loadBalancingMethod] ? 0 : 1);
}
JS
node workers.js least-connection
node workers.js round-robin
