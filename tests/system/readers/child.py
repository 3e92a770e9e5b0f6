# SPDX-License-Identifier: Apache-2.0
"""What the reading programs share: their task comes as a JSON file, their answer leaves as a pickle.

Runs in the engines' own interpreters: standard library only.
"""

import json
import os
import pickle
import sys
import time
import traceback


def serve_task(reader_functions):
    """Runs the readers named by the task: `function(task)` gives {table: [row, …]}."""
    with open(sys.argv[1]) as file:
        task = json.load(file)
    answers = {}
    for name in task["readers"]:
        started = time.monotonic()
        try:
            answers[name] = reader_functions[name](task)
        except Exception as error:
            traceback.print_exc()
            answers[name] = {"error": f"{type(error).__name__}: {str(error)[:1000]}"}
        print(f"{name} took {time.monotonic() - started:.1f} s", flush=True)
    end_with(answers, task["out"])


def end_with(answer, path):
    """Leaves `answer` at `path` and ends the program."""
    with open(path, "wb") as file:
        pickle.dump(answer, file)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # Some engines abort in their own exit handlers.
