"""What Evenkeel says that a program answers."""

import json

from evenkeel import PROGRAM
from processes import run


def predict(config, requests):
    """Where each request goes, by `evenkeel serve`: one after the other, the held ones never ended."""
    lines = [line for number, request in enumerate(requests) for line in messages(number, request)]
    said = run([PROGRAM, "serve", str(config)], "\n".join(lines)).stdout
    answers = [json.loads(line) for line in said.splitlines()]
    return [pick(answer) for answer in answers if answer["type"] != "request_complete_ok"]


def messages(number, request):
    """The lines of a request and, unless it is held, of its end."""
    ask = {"type": "http_request", "msg_id": number}
    if request.key is not None:
        ask["client_id"] = request.key
    yield json.dumps(ask)
    if not request.is_held:
        yield json.dumps({"type": "request_complete", "request": number})


def pick(answer):
    """The backend, or why there is none."""
    return answer.get("backend") or answer["text"]


def route(config, keys):
    """Where each key goes, by `evenkeel route`."""
    path = config.with_suffix(".keys")
    path.write_text("\n".join(keys) + "\n", encoding="utf-8")
    said = run([PROGRAM, "route", str(config), "--keys-from", str(path)]).stdout
    return [line.rpartition("\t")[2] for line in said.splitlines()]
