"""The command line of Evenkeel: fingerprints, exports, imports and what it says that others answer."""

import json
import os

from processes import Failed, run

PROGRAM = os.environ.get("EVENKEEL", "target/release/evenkeel")


def write_config(path, config):
    """Writes a config; JSON is YAML too."""
    path.write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")


def fingerprint(path):
    """What two configs have in common that route alike."""
    said = run([PROGRAM, "check", str(path)]).stdout
    return next(line.split()[-1] for line in said.splitlines() if line.startswith("fingerprint "))


def export(config, to, out, key, listen, *more, allowed=(0,)):
    """Writes the config of another program."""
    command = [PROGRAM, "export", str(config), "--to", to, "-o", str(out)]
    command += ["--listen", listen, *more]
    command += ["--key", key] if key else []
    return run(command, allowed=allowed)


def check_import(exported, config):
    """Sees that what was exported is read back as a config that routes as the original does."""
    back = config.with_suffix(".imported.yaml")
    run([PROGRAM, "import", str(exported), "-o", str(back)])
    if fingerprint(back) != fingerprint(config):
        raise Failed(f"import {exported}: {fingerprint(back)}, export from {fingerprint(config)}")
