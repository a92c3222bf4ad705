"""A program that does not end by itself: it and what it has started write their numbers to a file."""
import json
import os
import signal
import subprocess
import sys
import time

signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
started = subprocess.Popen(["sleep", "1000"])
with open(sys.argv[1], "a") as file:
    print(os.getpid(), started.pid, file=file)
names = []
for line in sys.stdin:
    message = json.loads(line)
    answer = {"type": "error", "code": 10, "text": "unknown"}
    if message["type"] == "init":
        names = [name if isinstance(name, str) else name["name"] for name in message["backends"]]
        answer = {"type": "init_ok"}
    elif message["type"] == "http_request":
        answer = {"type": "http_response", "backend": names[0]}
    print(json.dumps({**answer, "in_reply_to": message["msg_id"]}), flush=True)
time.sleep(1000)
