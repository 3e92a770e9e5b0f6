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
    with open(task["out"], "wb") as file:
        pickle.dump(answers, file)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # Some engines abort in their own exit handlers.
