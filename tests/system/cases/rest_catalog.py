# SPDX-License-Identifier: Apache-2.0
"""The REST catalog, writing: Iceberg's own compatibility kit, and engines that keep tables beside the telemetry."""

import concurrent.futures
import json
import os
import re
import urllib.error
import urllib.request

from harness.environment import environment
from harness.load import METRIC_ITEMS, Load
from harness.process import run_to_end
from harness.registry import case
from harness.weir_server import WeirServer
from readers import ask_engines, prepare, sound_answers

KIT_SECONDS = 300
SPARK_SECONDS = 300
PYTEST_SECONDS = 180
PYTEST_PASSED_LEAST = 30
# docs/catalog.md says why each is out of scope.
KIT_FAILURES_ALLOWED = {"createViewWithCustomMetadataLocation"}
KIT_SETTINGS = ("rck.local=false", "rck.requires-namespace-create=true", "rck.overrides-requested-location=true",
                "rck.supports-serverside-retry=true", "org.slf4j.simpleLogger.defaultLogLevel=error")
SUITE = "org.apache.iceberg.rest.RESTCompatibilityKitSuite"
OWNERS = ("owned_by_pyiceberg", "owned_by_duckdb", "owned_by_spark")
REQUESTS = 4
ROUNDS = 6
RACERS, RACES = 8, 80


@case
def icebergs_compatibility_kit_passes(folder, options):
    lib = environment("rck") / "lib"
    with WeirServer(options.binary, folder) as weir:
        settings = [f"-D{setting}" for setting in (*KIT_SETTINGS, f"rck.uri={weir.iceberg_uri}", f"uri={weir.iceberg_uri}")]
        log = folder / "rck.log"
        try:
            run_to_end(["java", "-Xmx1g", "-XX:+UseSerialGC", *settings, "-cp", f"{lib}/*",
                        "org.junit.platform.console.ConsoleLauncher", "execute", "--select-class", SUITE,
                        "--details=tree", "--disable-banner", "--disable-ansi-colors"], log, KIT_SECONDS)
        except AssertionError:
            pass  # It also ends with 1 where a test failed: the log says which.
    text = log.read_text(errors="replace")
    failed = set(re.findall(r"JUnit Jupiter:\w+:(\w+)\(", text))
    passed = re.search(r"\[ *(\d+) tests successful", text)
    assert passed and int(passed.group(1)) > 100, f"the kit did not run, see {log}"
    assert failed == KIT_FAILURES_ALLOWED, f"failed: {sorted(failed)}, expected {sorted(KIT_FAILURES_ALLOWED)}, see {log}"


@case
def pyicebergs_own_tests_pass(folder, options):
    home = environment("pyiceberg")
    log = folder / "pytest.log"
    with WeirServer(options.binary, folder) as weir:
        settings = {"PYICEBERG_TEST_CATALOG": "weir", "PYICEBERG_CATALOG__WEIR__TYPE": "rest",
                    "PYICEBERG_CATALOG__WEIR__URI": weir.iceberg_uri, "PYTHONDONTWRITEBYTECODE": "1"}
        run_to_end([home / "bin" / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", "-m", "integration",
                    "-k", "rest_test_catalog", "tests/integration/test_catalog.py"], log, PYTEST_SECONDS, cwd=home,
                   env=os.environ | settings)
    passed = re.search(r"(\d+) passed", log.read_text())
    assert passed and int(passed.group(1)) >= PYTEST_PASSED_LEAST, f"few tests ran, see {log}"


@case
def engines_keep_tables_of_their_own_beside_the_telemetry(folder, options):
    """Each makes, changes, evolves and drops tables and joins spans with one; the others read what is left of them."""
    environment("spark")  # Before anything is written, where it can't be had.
    with WeirServer(options.binary, folder) as weir:
        Load("traces", "http", first=0).to_end(weir, folder, "-requests", REQUESTS)
        weir.wait_rows("otel_spans", REQUESTS * METRIC_ITEMS)
        service, spans = busiest_service(weir, folder)
        answers = ask_engines("write", "own_tables.py", ("write_pyiceberg", "write_duckdb"), weir, (), folder,
                              service=service)
        command, task = prepare("spark", "spark", "own_tables_spark.py", ("write_spark", "read_spark"), weir, (), folder,
                                service=service, owners=OWNERS)
        run_to_end(command, task.with_suffix(".log"), SPARK_SECONDS)
        answers |= sound_answers(task)
        answers |= ask_engines("read", "own_tables.py", ("read_pyiceberg", "read_duckdb"), weir, (), folder,
                               owners=OWNERS)
        for writer in ("write_pyiceberg", "write_duckdb", "write_spark"):
            assert answers[writer]["spans"] == spans, f"{writer}: {answers[writer]}, expected {spans}"
        for reader in ("read_spark", "read_pyiceberg", "read_duckdb"):
            for owner in OWNERS:
                assert_kept(f"{reader} of {owner}", answers[reader][owner], service)
        weir.verify()


def assert_kept(what, rows, service):
    expected = [{"id": 1, "label": "a", "amount": 1.5, "service": None},
                {"id": 3, "label": "see", "amount": 3.5, "service": None},
                {"id": 4, "label": "d", "amount": 4.5, "service": None},
                {"id": 5, "label": "e", "amount": 5.5, "service": service}]
    found = sorted(rows, key=lambda row: row["id"])
    assert found == expected, f"{what}: expected {expected}, found {found}"


def busiest_service(weir, folder):
    """(name, how many spans)."""
    answers = ask_engines("services", "own_tables.py", ("spans_of_services",), weir, (), folder)
    return answers["spans_of_services"]["counts"].most_common(1)[0]


def send(weir, method, path, body=None, headers=()):
    """(status, JSON or None) of a request to the REST catalog."""
    request = urllib.request.Request(weir.iceberg_uri + "/v1" + path, method=method,
                                     data=None if body is None else json.dumps(body).encode(),
                                     headers={"content-type": "application/json"} | dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    return status, json.loads(text) if text else None


def table_request(name):
    return {"name": name, "schema": {"type": "struct", "fields": [
        {"id": 1, "name": "a", "type": "int", "required": False}]}}


@case
def a_killed_server_loses_no_commit_that_it_answered(folder, options):
    with WeirServer(options.binary, folder) as weir:
        assert send(weir, "POST", "/namespaces", {"namespace": ["ns"]})[0] == 200
        assert send(weir, "POST", "/namespaces/ns/tables", table_request("t"))[0] == 200
        for number in range(ROUNDS):
            status, answer = send(weir, "POST", "/namespaces/ns/tables/t", {"requirements": [], "updates": [
                {"action": "set-properties", "updates": {"n": str(number)}}]})
            assert status == 200, answer
            weir.kill()
            weir.start()
            weir.wait_recovered()  # Else journals of killed runs pile up, which is not what this is about.
            status, found = send(weir, "GET", "/namespaces/ns/tables/t")
            assert status == 200 and found == answer, f"round {number}: {found} is not {answer}"


@case
def of_racing_commits_each_is_there_or_refused(folder, options):
    with WeirServer(options.binary, folder) as weir:
        send(weir, "POST", "/namespaces", {"namespace": ["ns"]})
        send(weir, "POST", "/namespaces/ns/tables", table_request("t"))

        def commit(number):
            status, answer = send(weir, "POST", "/namespaces/ns/tables/t", {"requirements": [], "updates": [
                {"action": "set-properties", "updates": {f"n{number}": "done"}}]})
            assert status == 200 or answer["error"]["type"] == "CommitFailedException", (status, answer)
            return number if status == 200 else None

        with concurrent.futures.ThreadPoolExecutor(RACERS) as racers:
            done = {number for number in racers.map(commit, range(RACES)) if number is not None}
        metadata = send(weir, "GET", "/namespaces/ns/tables/t")[1]["metadata"]
        assert set(metadata["properties"]) == {f"n{number}" for number in done}, f"{len(done)} were answered 200"
        assert len(metadata["metadata-log"]) == len(done)
        left = list((weir.data / "external").rglob("*.metadata.json"))
        assert len(left) == 1 + len(done), f"{len(left)} metadata files of {len(done)} commits"


@case
def telemetry_is_not_for_engines_to_change(folder, options):
    with WeirServer(options.binary, folder) as weir:
        Load("traces", "http", first=0).to_end(weir, folder, "-requests", 1)
        weir.wait_rows("otel_spans", METRIC_ITEMS)
        own = "/namespaces/telemetry"
        attempts = [("DELETE", own, None), ("DELETE", own + "/tables/otel_spans?purgeRequested=true", None),
                    ("POST", own + "/tables", table_request("t")),
                    ("POST", own + "/tables/otel_spans", {"requirements": [], "updates": []}),
                    ("POST", "/tables/rename", {"source": {"namespace": ["telemetry"], "name": "otel_spans"},
                                                "destination": {"namespace": ["telemetry"], "name": "x"}})]
        for method, path, body in attempts:
            status, answer = send(weir, method, path, body)
            assert status == 403 and "Weir's own" in answer["error"]["message"], (method, path, status, answer)
        weir.verify()
        weir.wait_rows("otel_spans", METRIC_ITEMS)
