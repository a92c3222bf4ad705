// Asks npm's hashring where keys go; `NODE_PATH` says where it is installed.
//
// Reads {"servers": [[NAME, WEIGHT], …], "options": {…}, "keys": […]} and prints the names as JSON.
'use strict';

const fs = require('fs');
const HashRing = require('hashring');

const { servers, options, keys } = JSON.parse(fs.readFileSync(0, 'utf8'));
const weights = Object.fromEntries(servers.map(([name, weight]) => [name, { weight }]));
const ring = new HashRing(weights, 'md5', options);
process.stdout.write(JSON.stringify(keys.map((key) => ring.get(key))));
