"""A program with counts of its own: the fewest requests that are not complete, the first of several."""
import json
import sys

names, counts, went = [], {}, {}
for line in sys.stdin:
    message = json.loads(line)
    answer = {"type": "error", "code": 10, "text": "unknown"}
    if message["type"] == "init":
        names = message["backends"]
        counts, went = dict.fromkeys(names, 0), {}
        answer = {"type": "init_ok"}
    elif message["type"] == "http_request":
        backend = min(names, key=counts.get)
        counts[backend] += 1
        went[message["msg_id"]] = backend
        answer = {"type": "http_response", "backend": backend}
    elif message["type"] == "request_complete":
        counts[went.pop(message["request"])] -= 1
        answer = {"type": "request_complete_ok"}
    print(json.dumps({**answer, "in_reply_to": message["msg_id"]}), flush=True)
