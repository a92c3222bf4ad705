#!/usr/bin/env bash
# npm sticky-session 1.1.2: when the first worker ends, the clients of all others move as well.
#
# Expected: the clients of the worker that ended reach its successor, and those of the others stay, since "client will
# always connect to same worker server".
# Seen (Node.js 20.20.2): workers are a list, from which the hash of the address chooses. The successor goes to its end, so
# all others move up by one place. With five workers and 200 client addresses, every client of the four others reaches
# another worker. (The hash has a random seed, so their number differs from run to run; all of them move in each.)
#
# Exits 1 if a client of another worker stays, or clients move without an end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund sticky-session@1.1.2 >/dev/null
cat >workers.js <<'JS'
const cluster = require("cluster");
const http = require("http");
const sticky = require("sticky-session");

const port = 18543;
const server = http.createServer((request, response) => {
  response.setHeader("connection", "close");
  response.end(String(process.pid));
  if (request.url === "/end") response.on("finish", () => process.exit(0));
});
if (!sticky.listen(server, port, { workers: 5 })) {
  server.once("listening", () => setTimeout(main, 2000));
}

const ask = (localAddress, path) =>
  new Promise((resolve, reject) => {
    const request = http.get({ host: "127.0.0.1", port, localAddress, path, agent: false }, (response) => {
      let text = "";
      response.on("data", (data) => (text += data));
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
  });

async function main() {
  const clients = Array.from({ length: 200 }, (_, number) => `127.0.0.${number + 2}`);
  const workers = async () => {
    const chosen = [];
    for (const client of clients) chosen.push(await ask(client, "/"));
    return chosen;
  };
  const before = await workers();
  const again = await workers();
  const first = String(Object.values(cluster.workers)[0].process.pid);
  await ask(clients[before.indexOf(first)], "/end");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const after = await workers();
  const others = clients.map((_, place) => place).filter((place) => before[place] !== first);
  const moved = others.filter((place) => before[place] !== after[place]).length;
  const unsteady = clients.filter((_, place) => before[place] !== again[place]).length;
  console.log(`moved before any worker ended: ${unsteady} of ${clients.length}`);
  console.log(`moved from workers that are still there: ${moved} of ${others.length}`);
  for (const worker of Object.values(cluster.workers)) worker.process.kill();
  process.exit(moved === others.length && unsteady === 0 ? 0 : 1);
}
JS
node workers.js
