"""Processes that end with the block that started them, and ports that are free."""

import contextlib
import socket
import subprocess
import time

PATIENCE_S = 20


class Failed(Exception):
    """A program refused what it was given, or did not do what it was started for."""


def free_port():
    """A port of 127.0.0.1 that was free a moment ago; who loses it to another tries again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(command, text=None, allowed=(0,)):
    """Runs a command to its end, which must be one of the allowed exit codes."""
    done = subprocess.run(
        command, input=text, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    if done.returncode not in allowed:
        said = (done.stderr + done.stdout).strip()
        raise Failed(f"{' '.join(command)}: exit code {done.returncode}\n{said}")
    return done


@contextlib.contextmanager
def started(command, log):
    """A process that runs until the end of the block; what it says goes to the log."""
    with open(log, "ab") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        yield process
    finally:
        end(process)


def end(process):
    """Asks a process to end, and sees to it."""
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(what, is_so):
    """Waits for something that is to happen soon."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise Failed(f"waited {PATIENCE_S} s in vain for {what}")
        time.sleep(0.02)


def wait_for_port(process, port, log):
    """Waits until the process takes connections; False if it ended instead."""

    def is_decided():
        return process.poll() is not None or is_open(port)

    wait_until(f"connections to port {port}; see {log}", is_decided)
    return process.poll() is None


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), PATIENCE_S).close()
    except OSError:
        return False
    return True
