"""Runs commands in a terminal of each width.

Reads {"program": ..., "columns": [...], "commands": [...], "errors": ...} and writes, for each command and width, a
line of JSON with the exit code and what the terminal got: standard error if "errors" is true, else standard output."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios


def run(words, columns, errors):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    nothing = subprocess.DEVNULL
    shown = (nothing, theirs) if errors else (theirs, nothing)
    with subprocess.Popen(
        words, stdin=nothing, stdout=shown[0], stderr=shown[1]
    ) as process:
        os.close(theirs)
        output = b""
        while True:
            try:
                part = os.read(ours, 1 << 16)
            except OSError:  # Linux: the other end is closed.
                break
            if not part:
                break
            output += part
    os.close(ours)
    return process.returncode, output.decode()


asked = json.load(sys.stdin)
for command in asked["commands"]:
    for columns in asked["columns"]:
        code, output = run(
            [asked["program"], *command.split()], columns, asked["errors"]
        )
        print(json.dumps({"command": command, "columns": columns, "code": code, "output": output}))
