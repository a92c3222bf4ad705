#!/usr/bin/env python3
"""A strategy in another language: the key's hash modulo the backends, with the answers of `modulo`.

    evenkeel compare --algorithm modulo --external mine='python3 examples/external_modulo.py'
"""
import json
import re
import sys

MASK = (1 << 64) - 1


def siphash13(data, seed):
    v = [seed ^ 0x736F6D6570736575, 0x646F72616E646F6D, seed ^ 0x6C7967656E657261, 0x7465646279746573]

    def rotated(x, bits):
        return (x << bits | x >> (64 - bits)) & MASK

    def round_(a, b, c, d):
        a, c = (a + b) & MASK, (c + d) & MASK
        b, d = rotated(b, 13) ^ a, rotated(d, 16) ^ c
        a, c = (rotated(a, 32) + d) & MASK, (c + b) & MASK
        return a, rotated(b, 17) ^ c, rotated(c, 32), rotated(d, 21) ^ a

    end = len(data) & ~7
    words = [int.from_bytes(data[at:at + 8], "little") for at in range(0, end, 8)]
    for word in words + [int.from_bytes(data[end:], "little") | (len(data) & 255) << 56]:
        v = list(round_(v[0], v[1], v[2], v[3] ^ word))
        v[0] ^= word
    v[2] ^= 255
    for _ in range(3):
        v = round_(*v)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def answer(message, state):
    if message["type"] == "init":
        backends = [b if isinstance(b, dict) else {"name": b} for b in message["backends"]]
        natural = lambda b: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", b["name"])]
        backends.sort(key=natural)
        state["places"] = [b["name"] for b in backends for _ in range(b.get("weight", 1))]
        state["seed"] = message.get("seed", 0x5EED)
        return {"type": "init_ok"}
    if message["type"] != "http_request":
        return {"type": "error", "code": 10, "text": "expected init or http_request"}
    if "client_id" not in message:
        return {"type": "error", "code": 12, "text": "expected a client_id"}
    number = siphash13(message["client_id"].encode(), state["seed"])
    return {"type": "http_response", "backend": state["places"][number % len(state["places"])]}


state = {}
for line in sys.stdin:
    message = json.loads(line)
    print(json.dumps({**answer(message, state), "in_reply_to": message["msg_id"]}), flush=True)
