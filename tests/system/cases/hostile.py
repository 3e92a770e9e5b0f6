# SPDX-License-Identifier: Apache-2.0
"""The hostile requests and the malformed corpus of tests/hostile against a live server."""

import sys

from harness.environment import REPOSITORY
from harness.process import run_to_end
from harness.registry import Skip, case
from harness.weir_server import WeirServer

SECONDS = 180


@case
def hostile_requests_get_their_answers(folder, options):
    program = REPOSITORY / "tests" / "hostile" / "run.py"
    if not program.exists():
        raise Skip(f"there is no {program}")
    with WeirServer(options.binary, folder) as weir:
        run_to_end([sys.executable, program, "--http", weir.http, "--grpc", weir.grpc], folder / "hostile.log", SECONDS)
        weir.stop()


@case
def malformed_inputs_get_their_answers_and_leave_no_row(folder, options):
    program = REPOSITORY / "tests" / "hostile" / "corpus" / "run.py"
    with WeirServer(options.binary, folder) as weir:
        run_to_end([sys.executable, program, "--http", weir.http, "--grpc", weir.grpc], folder / "corpus.log", SECONDS)
        weir.stop()
