"""Asks docker-compose 1.29 about many files without starting it for each.

Reads lines FOLDER<tab>FILE and answers each with a line: "ok", or what it said.
"""

import contextlib
import io
import os
import sys

from compose.cli.main import main


def config(folder, file):
    said = io.StringIO()
    os.chdir(folder)
    sys.argv = ["docker-compose", "-f", file, "config", "--quiet"]
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            main()
    except SystemExit as end:
        if end.code:
            return " ".join(said.getvalue().split()) or "exit code %s" % end.code
    except Exception as error:  # what its users would see as a traceback
        return "%s: %s" % (type(error).__name__, " ".join(str(error).split()))
    return "ok"


if __name__ == "__main__":
    environment = dict(os.environ)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    for line in sys.stdin:
        os.environ.clear()
        os.environ.update(environment)
        folder, file = line.rstrip("\n").split("\t")
        answers.write(config(folder, file) + "\n")
