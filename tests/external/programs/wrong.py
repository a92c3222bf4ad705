"""A program that answers well until a key tells it what to do wrong."""
import json
import os
import sys
import time
import zlib

names = []


def wrong(key, answer):
    print("about to do wrong", file=sys.stderr, flush=True)
    if key == "die":
        print("the last words", file=sys.stderr, flush=True)
        sys.exit(3)
    if key == "hang":
        time.sleep(1000)
    if key == "close":
        os.close(1)
        time.sleep(1000)
    if key == "lie":
        return {**answer, "backend": "nobody"}
    if key == "swap":
        return {**answer, "in_reply_to": answer["in_reply_to"] + 1}
    if key == "unnumbered":
        return {"type": answer["type"], "backend": answer["backend"]}
    if key == "silent":
        return {"type": "http_response", "in_reply_to": answer["in_reply_to"]}
    if key == "type":
        return {**answer, "type": "hello"}
    if key == "error":
        return {"type": "error", "in_reply_to": answer["in_reply_to"], "code": 11, "text": "no luck today"}
    if key == "nobody":
        return {"type": "error", "in_reply_to": answer["in_reply_to"], "code": 22, "text": "none is eligible"}
    if key == "rubbish":
        print("Traceback (most recent call last):", flush=True)
        time.sleep(1000)
    if key == "endless":
        while True:
            sys.stdout.write("x" * 65536)
    if key == "twice":
        print(json.dumps(answer), flush=True)
    return answer


for line in sys.stdin:
    message = json.loads(line)
    kind = message["type"]
    answer = {"type": kind + "_ok", "in_reply_to": message["msg_id"]}
    if kind == "init":
        names = message["backends"]
    elif kind != "http_request":
        answer = {"type": "error", "in_reply_to": message["msg_id"], "code": 10, "text": "unknown"}
    elif "client_id" not in message:
        answer = {"type": "error", "in_reply_to": message["msg_id"], "code": 12, "text": "expected a key"}
    else:
        key = message["client_id"]
        backend = names[zlib.crc32(key.encode()) % len(names)]
        answer = {"type": "http_response", "in_reply_to": message["msg_id"], "backend": backend}
        if key.isalpha():
            answer = wrong(key, answer)
    print(json.dumps(answer), flush=True)
