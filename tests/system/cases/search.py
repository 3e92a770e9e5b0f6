# SPDX-License-Identifier: Apache-2.0
"""The search language: what it finds is what its documentation says of the rows that PyIceberg reads."""

import json
import random
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
from collections import Counter

from expect.search import LEVELS, UNITS, Term, free_text, joined, maps_of, number_of, number_term, text_term
from harness.process import wait_until
from harness.registry import case
from harness.weir_server import EACH_REQUEST_COUNTS, VISIBLE_SECONDS, WeirServer
from readers import read_tables
from send.by_hand import REQUEST_TYPE, TIME, fill_scope, key_values, span_id, trace_id
from send.transport import http1

SPANS, LOGS, METRICS = "otel_spans", "otel_logs", "otel_metrics"
FAST = ("--set", "commit.interval_ms=100", *EACH_REQUEST_COUNTS)
QUERIES_SPANS, QUERIES_LOGS = 240, 120
TEXTS = ("checkout", "Checkout", "it's", 'say "hi"', "100%", "a_b", "axb", "back\\slash", "tab\there", "/api/cart",
         "/api/{id}", "GET /", "naïve Café", "日本", "", "5", "5.0", "500", "-3.25", "1e3", "true", "x'; DROP TABLE y; --",
         "OR", "a:b", "(c)", "*", "[1 TO 2]", "timed out", "TIMED OUT")
KEYS = ("k", "k.two", "http.route", "n", "it's", "service", "sp ace")
NAMES = ("GET /api/cart", "SELECT", "it's", "naïve Café", "100%")


def get(weir, path, **parameters):
    """(status, JSON) of a GET."""
    try:
        with weir.get(f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}") as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def found(weir, subject, query, **more):
    status, answer = get(weir, "search", **{"signal": subject, "q": query, "limit": 1000, "from": "-1d", "to": "+1h"} | more)
    assert status == 200, f"{query}: {answer}"
    names = [column["name"] for column in answer["columns"]]
    return [dict(zip(names, row)) for row in answer["rows"]]


def value_by_chance(rng):
    return rng.choice((rng.choice(TEXTS), rng.choice(TEXTS), rng.randrange(-5, 600), rng.choice((0.5, 5.0, -3.25)), True))


def attributes_by_chance(rng):
    return key_values([(key, value_by_chance(rng)) for key in rng.sample(KEYS, rng.randrange(len(KEYS)))])


def send_spans(weir, rng, now, count):
    request = REQUEST_TYPE["traces"]()
    for first in range(0, count, 20):
        group = request.resource_spans.add()
        group.resource.attributes.extend(key_values([("service.name", rng.choice(TEXTS[:4])), ("k", rng.choice(TEXTS))]))
        scope = group.scope_spans.add()
        fill_scope(scope, "scope")
        for number in range(first, first + 20):
            start = now - rng.randrange(3600 * 10**9)
            span = scope.spans.add(trace_id=trace_id(number // 7 + 1), span_id=span_id(number + 1), kind=rng.randrange(6),
                                   name=rng.choice(NAMES), start_time_unix_nano=start,
                                   parent_span_id=span_id(number) if number % 7 else b"",
                                   end_time_unix_nano=start + rng.choice((0, 999, 10**6, 5 * 10**8, 3 * 10**9)))
            span.status.code, span.status.message = rng.randrange(3), rng.choice(TEXTS)
            span.attributes.extend(attributes_by_chance(rng))
            if rng.random() < 0.5:
                span.attributes.extend(key_values([("http.response.status_code", rng.choice((200, 404, 500)))]))
            if rng.random() < 0.3:
                event = span.events.add(name="exception", time_unix_nano=start)
                event.attributes.extend(key_values([("exception.message", rng.choice(TEXTS))]))
    answer = http1(weir.http, "/v1/traces", request.SerializeToString())
    assert (answer.status, answer.body) == (200, b""), answer


def send_logs(weir, rng, now, count):
    request = REQUEST_TYPE["logs"]()
    group = request.resource_logs.add()
    group.resource.attributes.extend(key_values([("service.name", "logger"), ("k", "resource's")]))
    scope = group.scope_logs.add()
    for number in range(count):
        record = scope.log_records.add(time_unix_nano=now - rng.randrange(3600 * 10**9), severity_number=rng.randrange(25))
        record.severity_text = rng.choice(("", "INFO", "warn", "Error", "Notice"))
        record.body.string_value = f"{rng.choice(TEXTS)} {number}"
        record.attributes.extend(attributes_by_chance(rng))
    answer = http1(weir.http, "/v1/logs", request.SerializeToString())
    assert (answer.status, answer.body) == (200, b""), answer


def column(name):
    return lambda row: [] if row[name] is None else [row[name]]


def attribute_term(rng):
    key = rng.choice(("k", "k.two", "n", '"it\'s"', '"service"', '"sp ace"'))
    prefix, place = rng.choice((("", None), ("@", "own"), ("resource.", "resource")))
    if key.startswith('"'):
        prefix, place = "", None
    plain = key.strip('"')
    if rng.random() < 0.4:
        return number_term(rng, prefix + key, lambda row: [number for number in map(
            number_of, maps_of(row, plain, place)) if number is not None], lambda r: r.choice((-3.25, 0, 5, 100.5)))
    return text_term(rng, prefix + key, lambda row: maps_of(row, plain, place), lambda r: r.choice(TEXTS))


def span_texts(row):
    texts = [row["name"], row["service_name"], row["status_message"]]
    texts += [value for _, value in row["attributes"] or ()]
    texts += [value for event in row["events"] or () for _, value in event["attributes"] or ()]
    return [text for text in texts if text is not None]


def span_term(rng):
    kind = rng.choice(("column", "attribute", "attribute", "number", "duration", "word", "text", "id"))
    if kind == "attribute":
        return attribute_term(rng)
    if kind == "column":
        key, name = rng.choice((("service", "service_name"), ("name", "name"), ("http.route", "http_route"),
                                ("operation", "name"), ("status_message", "status_message")))
        return text_term(rng, key, column(name), lambda r: r.choice(TEXTS + NAMES))
    if kind == "number":
        return number_term(rng, rng.choice(("http.response.status_code", "http_response_status_code")),
                           column("http_response_status_code"), lambda r: r.choice((200, 404, 499.5, 500)))
    if kind == "duration":
        amount, unit, sign = rng.choice((0, 1, 2.5, 500)), rng.choice(list(UNITS)), rng.choice((">", "<=", "<", ">="))
        limit = amount * UNITS[unit]
        compare = {">": lambda d: d > limit, "<=": lambda d: d <= limit, "<": lambda d: d < limit, ">=": lambda d: d >= limit}
        return Term(f"duration{sign}{amount}{unit}", lambda row: compare[sign](row["duration_ns"]))
    if kind == "word":
        word, name, value = rng.choice((
            ("status:error", "status_code", "STATUS_CODE_ERROR"), ("error", "status_code", "STATUS_CODE_ERROR"),
            ("error:true", "status_code", "STATUS_CODE_ERROR"), ("status:Unset", "status_code", "STATUS_CODE_UNSET"),
            ("kind:server", "kind", "SPAN_KIND_SERVER"), ("kind:SPAN_KIND_CLIENT", "kind", "SPAN_KIND_CLIENT")))
        return Term(word, lambda row: row[name] == value)
    if kind == "id":
        wanted = trace_id(rng.randrange(1, 30)).hex()
        return Term(rng.choice((wanted, f"trace:{wanted.upper()}")), lambda row: row["trace_id"] == wanted)
    return free_text(rng, span_texts, lambda r: r.choice(TEXTS))


def level_matches(row, sign, level):
    low, high = {"=": (level, level + 3), ">": (level + 4, 24), ">=": (level, 24), "<": (1, level - 1),
                 "<=": (1, level + 3)}[sign]
    if row["severity_number"]:
        return low <= row["severity_number"] <= high
    of_text = LEVELS.get((row["severity_text"] or "").lower(), 0)
    return low <= of_text <= high


def log_term(rng):
    kind = rng.choice(("level", "attribute", "body", "text", "error"))
    if kind == "attribute":
        return attribute_term(rng)
    if kind == "level":
        sign, level = rng.choice((("=", ":"), (">", ">"), (">=", ":>="), ("<", "<"), ("<=", "<="))), rng.choice(list(LEVELS))
        return Term(f"level{sign[1]}{level}", lambda row: level_matches(row, sign[0], LEVELS[level]))
    if kind == "body":
        return text_term(rng, rng.choice(("body", "message")), column("body"), lambda r: r.choice(TEXTS) + f" {r.randrange(99)}")
    if kind == "error":
        return Term("error", lambda row: (row["severity_number"] or 0) >= 17)
    return free_text(rng, lambda row: [text for text in (row["body"], row["service_name"], row["event_name"], *(
        value for _, value in row["attributes"] or ())) if text is not None], lambda r: r.choice(TEXTS))


def expect_same(weir, subject, rows, query):
    wanted = {row["record_id"] for row in rows if query.matches(row)}
    rows_found = found(weir, subject, query.text)
    ids = [row["record_id"] for row in rows_found]
    assert len(ids) == len(set(ids)), f"{query.text}: rows twice"
    assert set(ids) == wanted, (f"{subject}: {query.text}\nfound {len(ids)} rows instead of {len(wanted)}; "
                                f"too many: {sorted(set(ids) - wanted)[:3]}, missing: {sorted(wanted - set(ids))[:3]}")
    times = [row["time"] for row in rows_found]
    assert times == sorted(times, reverse=True), f"{query.text}: not the newest first"
    return len(wanted)


@case
def what_a_query_finds_is_what_its_meaning_says(folder, options):
    """Queries by the seed over odd values, against what they mean for the rows that PyIceberg reads."""
    rng = random.Random(options.seed)
    now = time.time_ns()
    with WeirServer(options.binary, folder, *FAST) as weir:
        send_spans(weir, rng, now, 200)
        send_logs(weir, rng, now, 150)
        wait_until(lambda: (weir.rows(SPANS), weir.rows(LOGS)) == (200, 150), VISIBLE_SECONDS, "the rows")
        tables = read_tables("pyiceberg", weir, {SPANS: 200, LOGS: 150}, folder)["pyiceberg"]
        assert "error" not in tables, tables
        some = 0
        for subject, table, make, count in (("spans", SPANS, span_term, QUERIES_SPANS), ("logs", LOGS, log_term, QUERIES_LOGS)):
            assert expect_same(weir, subject, tables[table], Term("", lambda row: True)) == len(tables[table])
            for _ in range(count):
                matched = expect_same(weir, subject, tables[table], joined(rng, make, 3))
                some += 0 < matched < len(tables[table])
        assert some > (QUERIES_SPANS + QUERIES_LOGS) // 3, f"only {some} queries tell anything"
        for _ in range(30):
            expect_traces(weir, tables[SPANS], joined(rng, span_term, 1), rng.choice(("newest", "slowest", "errors")))


def expect_traces(weir, rows, query, order):
    """All traces with a matching span, each summed up over all of its spans."""
    matching = {row["trace_id"] for row in rows if query.matches(row)}
    answered = found(weir, "traces", query.text, order=order)
    assert {row["trace_id"] for row in answered} == matching, f"traces: {query.text}"
    for row in answered:
        spans = [span for span in rows if span["trace_id"] == row["trace_id"]]
        root = min(spans, key=lambda s: (s["parent_span_id"] is not None, s["start_time_unix_nano"], s["span_id"]))
        begin, end = min(s["start_time_unix_nano"] for s in spans), max(s["end_time_unix_nano"] for s in spans)
        wanted = {"span_count": len(spans), "root_name": root["name"], "root_service": root["service_name"],
                  "error_count": sum(s["status_code"] == "STATUS_CODE_ERROR" for s in spans),
                  "services": sorted({s["service_name"] for s in spans if s["service_name"] is not None})}
        assert {name: row[name] for name in wanted} == wanted, (query.text, row, wanted)
        assert abs(row["duration_ms"] - (end - begin) / 1e6) < 0.001, (row, end - begin)
    by = {"newest": lambda r: r["start_time"], "slowest": lambda r: r["duration_ms"],
          "errors": lambda r: (r["error_count"] > 0, r["start_time"])}[order]
    assert answered == sorted(answered, key=by, reverse=True), f"{order}: {query.text}"


@case
def limits_orders_and_times_are_kept(folder, options):
    rng, now = random.Random(options.seed), time.time_ns()
    with WeirServer(options.binary, folder, *FAST) as weir:
        send_spans(weir, rng, now, 100)
        wait_until(lambda: weir.rows(SPANS) == 100, VISIBLE_SECONDS, "the rows")
        status, answer = get(weir, "search", signal="spans", limit=7, **{"from": "-2h"})
        assert status == 200 and len(answer["rows"]) == 7 and answer["is_cut"], answer
        everything = found(weir, "spans", "")
        names = list(everything[0])
        assert [dict(zip(names, row)) for row in answer["rows"]] == everything[:7]
        slowest = [row["duration_ms"] for row in found(weir, "spans", "", order="slowest")]
        assert slowest == sorted(slowest, reverse=True)
        middle = everything[50]["time"]
        assert found(weir, "spans", "", to=middle) == everything[51:], "`to` is not within"
        assert found(weir, "spans", "", **{"from": middle}) == everything[:51], "`from` is within"
        traces = found(weir, "traces", "", limit=3)
        assert len(traces) == 3, traces
        status, sql = get(weir, "search", signal="traces", limit=3, **{"from": "-1d", "to": "+1h"})
        command = [options.binary, "sql", "--server", f"http://{weir.http}", "--json", sql["sql"]]
        again = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
        assert again["rows"] == sql["rows"], "the SQL that is shown is not what was run"
        check_histogram(weir, everything)
        check_old_trace(weir)
        check_facets(weir, everything)


def check_old_trace(weir):
    """By its id alone a trace is found however old it is; with other terms it is not."""
    request = REQUEST_TYPE["traces"]()
    spans = request.resource_spans.add().scope_spans.add().spans
    for number in (1, 2):
        spans.add(trace_id=trace_id(2**100), span_id=span_id(number), name="old", start_time_unix_nano=TIME + number,
                  end_time_unix_nano=TIME + 10**9)
    before = weir.rows(SPANS)
    assert http1(weir.http, "/v1/traces", request.SerializeToString()).status == 200
    wait_until(lambda: weir.rows(SPANS) == before + 2, VISIBLE_SECONDS, "the rows")
    for subject, count in (("spans", 2), ("traces", 1)):
        status, answer = get(weir, "search", signal=subject, q=f"{trace_id(2**100).hex()} name:old")
        assert status == 200 and len(answer["rows"]) == count, answer
    assert get(weir, "search", signal="spans", q="name:old")[1]["rows"] == []
    assert get(weir, "search", signal="spans", q=trace_id(2**101).hex())[1]["rows"] == []


def check_histogram(weir, rows):
    for buckets in (1, 20, 700):
        status, answer = get(weir, "search/histogram", signal="spans", buckets=buckets, **{"from": "-2h", "to": "+1m"})
        assert status == 200 and len(answer["buckets"]) <= buckets + 1, answer
        assert sum(bucket["count"] for bucket in answer["buckets"]) == len(rows)
        assert sum(bucket["errors"] for bucket in answer["buckets"]) == sum(
            row["status_code"] == "STATUS_CODE_ERROR" for row in rows)
        starts = [bucket["start"] for bucket in answer["buckets"]] + ["9999"]
        for bucket, end in zip(answer["buckets"], starts[1:]):
            assert bucket["count"] == sum(bucket["start"] <= row["time"] < end for row in rows), bucket


def check_facets(weir, rows):
    status, answer = get(weir, "search/facets", signal="spans", **{"from": "-2h", "to": "+1m"})
    assert status == 200, answer
    facets = {facet["key"]: {value["value"]: value["count"] for value in facet["values"]} for facet in answer["facets"]}
    assert facets["name"] == Counter(row["name"] for row in rows), facets
    assert facets["status"] == Counter(row["status_code"].removeprefix("STATUS_CODE_").lower() for row in rows), facets
    for key, values in facets.items():
        for value, count in values.items():
            quoted = value.replace("\\", "\\\\").replace('"', '\\"')
            assert len(found(weir, "spans", f'{key}:"{quoted}"')) == count, f"a facet is no query: {key} {value}"


@case
def a_query_is_never_more_than_a_query(folder, options):
    """What looks like SQL is looked for as text; what is wrong is told with its place."""
    with WeirServer(options.binary, folder, *FAST) as weir:
        rng, now = random.Random(1), time.time_ns()
        send_spans(weir, rng, now, 40)
        wait_until(lambda: weir.rows(SPANS) == 40, VISIBLE_SECONDS, "the rows")
        texts = ("'", "''", "' OR 1=1 --", "'; DROP TABLE otel_spans; --", "\\' OR true --", "$$", "E'\\''", "/* */", "%",
                 "' UNION SELECT * FROM read_text('/etc/passwd') --", "\u2019", "]' OR ['", "{}", "{0}", "%s", "\n", "\x1e")
        for text in texts:
            inside = text.replace("\\", "\\\\").replace('"', '\\"')
            for query in (f'service:"{inside}"', f'@"{inside}":x', f'"{inside}":x', f'"{inside}":>5', f'name:*"',
                          f'trace:"{inside}"', f'level:"{inside}"'):
                for subject in ("spans", "traces", "logs", "metrics"):
                    status, answer = get(weir, "search", signal=subject, q=query)
                    assert status == 200 and answer["rows"] == [] or status == 400 and answer["error"]["position"] >= 1, \
                        (query, answer)
            assert get(weir, "search", signal="spans", q=f'resource.k>"{inside}"')[0] in (200, 400), inside
        for query, position in (("service:", 9), ("a:b )", 5), ("duration>x", 10), ('ü "', 4), ("status:5", 8)):
            status, answer = get(weir, "search", signal="spans", q=query)
            assert status == 400 and answer["error"]["position"] == position, (query, answer)
            assert answer["error"]["type"] == "bad_request" and f"at {position}" in answer["error"]["message"], answer
        for parameters in ({"signal": "x"}, {"from": "x"}, {"limit": 0}, {"limit": 1001}, {"order": "x"},
                           {"from": "now", "to": "-1h"}, {"q": "a" * 9000}, {"signal": "logs", "order": "slowest"}):
            status, answer = get(weir, "search", **parameters)
            assert status == 400 and "position" in answer["error"] or "q" not in parameters, (parameters, answer)
        assert get(weir, "search", signal="spans", schema='x".y', q="")[0] == 404
        assert len(found(weir, "spans", "")) == 40


def send_numbered_logs(weir, first, count):
    request = REQUEST_TYPE["logs"]()
    group = request.resource_logs.add()
    group.resource.attributes.extend(key_values([("service.name", "numbered")]))
    records = group.scope_logs.add().log_records
    for number in range(first, first + count):
        record = records.add(time_unix_nano=time.time_ns(), severity_number=9 + number % 2 * 8, severity_text="X")
        record.body.string_value = f"{number}"
    answer = http1(weir.http, "/v1/logs", request.SerializeToString())
    assert (answer.status, answer.body) == (200, b""), answer


@case
def the_tail_gives_each_row_once_while_rows_come(folder, options):
    """With small answers, a query, and a server that is killed and starts again in between."""
    with WeirServer(options.binary, folder, *FAST) as weir:
        send_numbered_logs(weir, 100_000, 5)
        wait_until(lambda: weir.rows(LOGS) == 5, VISIBLE_SECONDS, "the rows")
        status, answer = get(weir, "tail", signal="logs", q="error")
        assert status == 200 and answer["rows"] == [], answer
        cursor, seen, is_sent = answer["cursor"], Counter(), threading.Event()

        def send():
            for batch in range(40):
                send_numbered_logs(weir, 25 * batch, 25)
                time.sleep(0.02)
            is_sent.set()

        sender = threading.Thread(target=send)
        sender.start()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (is_sent.is_set() and len(seen) == 500):
            status, answer = get(weir, "tail", signal="logs", q="error", cursor=cursor, wait_ms=500, limit=37)
            assert status == 200, answer
            assert len(answer["rows"]) <= 37, len(answer["rows"])
            seen.update(int(row[4]) for row in answer["rows"])
            cursor = answer["cursor"]
        sender.join()
        assert seen == Counter(range(1, 1000, 2)), f"{len(seen)} rows, {[n for n, c in seen.items() if c > 1][:5]} twice"
        weir.kill()
        weir.start()
        weir.wait_recovered()
        send_numbered_logs(weir, 1000, 3)
        status, answer = get(weir, "tail", signal="logs", cursor=cursor, wait_ms=20_000)
        assert [row[4] for row in answer["rows"]] == ["1000", "1001", "1002"], answer
        started = time.monotonic()
        status, empty = get(weir, "tail", signal="logs", cursor=answer["cursor"], wait_ms=300)
        assert empty["rows"] == [] and 0.25 < time.monotonic() - started < 5, empty
        for bad in ("x", "1.0", "1." + "g" * 24, "1'"):
            assert get(weir, "tail", signal="logs", cursor=bad)[0] == 400
        assert get(weir, "tail", signal="traces")[0] == 400


@case
def suggestions_come_from_what_was_sent_and_survive(folder, options):
    with WeirServer(options.binary, folder, *FAST) as weir:
        rng, now = random.Random(1), time.time_ns()
        send_spans(weir, rng, now, 200)
        wait_until(lambda: weir.rows(SPANS) == 200, VISIBLE_SECONDS, "the rows")

        def suggested(prefix, subject="spans"):
            started = time.monotonic()
            status, answer = get(weir, "suggest", signal=subject, prefix=prefix)
            assert status == 200 and time.monotonic() - started < 1, answer
            return [(each["text"], each["kind"]) for each in answer["suggestions"]]

        wait_until(lambda: suggested("serv"), VISIBLE_SECONDS, "suggestions")
        counted = Counter(row["service_name"] for row in found(weir, "spans", "service:*"))
        before = suggested("service:")
        assert {text for text, kind in before} == set(counted), (before, counted)
        assert ("http.response.status_code", "key") in suggested("http.res"), suggested("http.res")
        assert ("404", "value") in suggested("http.response.status_code:4"), suggested("http.response.status_code:4")
        assert suggested("service:", "logs") == []
        assert get(weir, "suggest", signal="x")[0] == 400
        weir.stop()
        weir.start()
        assert suggested("service:") == before, "a restart forgot"
        weir.stop()
        (weir.data / "search-keys.json").write_text("{broken")
        weir.start()
        assert suggested("service:") == []


@case
def the_command_line_lists_and_follows(folder, options):
    with WeirServer(options.binary, folder, *FAST) as weir:
        rng, now = random.Random(1), time.time_ns()
        send_spans(weir, rng, now, 60)
        send_numbered_logs(weir, 0, 10)
        wait_until(lambda: (weir.rows(SPANS), weir.rows(LOGS)) == (60, 10), VISIBLE_SECONDS, "the rows")

        def run(*arguments):
            return subprocess.run([options.binary, *arguments, "--data", weir.data], capture_output=True, text=True,
                                  timeout=60)

        listed = run("traces", "--since", "2h", "--limit", "3")
        assert listed.returncode == 0 and len(listed.stdout.splitlines()) == 4, listed
        assert "there are more" in listed.stderr and "\x1b" not in listed.stdout, listed
        shown = run("trace", listed.stdout.splitlines()[1].split()[-1])
        assert shown.returncode == 0 and "█" in shown.stdout, shown
        logs = run("logs", "--service", "numbered", "error")
        assert [line.split()[-1] for line in logs.stdout.splitlines()] == ["1", "3", "5", "7", "9"], logs
        answer = json.loads(run("spans", "status:error", "OR", "kind:server", "--since", "2h", "--json").stdout)
        assert len(answer["rows"]) == min(50, len(found(weir, "spans", "status:error OR kind:server"))), answer
        assert "status_code = 'STATUS_CODE_ERROR'" in run("spans", "status:error", "--sql").stdout
        nothing = run("metrics", "--service", "none")
        assert nothing.returncode == 0 and nothing.stdout == "" and "no metrics" in nothing.stderr, nothing
        wrong = run("logs", "service:")
        assert wrong.returncode == 2 and 'expected a value after "service:" at 9' in wrong.stderr, wrong
        mistyped = subprocess.run([options.binary, "tial"], capture_output=True, text=True, timeout=60)
        assert mistyped.returncode == 2 and "did you mean tail?" in mistyped.stderr, mistyped
        with subprocess.Popen([options.binary, "tail", "error", "--data", weir.data], stdout=subprocess.PIPE,
                              text=True) as tail:
            time.sleep(0.5)  # It has no way to say that it follows; rows go on coming until one is seen.
            rows = threading.Thread(target=lambda: [send_numbered_logs(weir, 2 * n + 1, 1) or time.sleep(0.1)
                                                    for n in range(50)])
            rows.start()
            line = tail.stdout.readline()
            tail.send_signal(signal.SIGINT)
            assert "numbered" in line and tail.wait(10) == 0, line
            rows.join()
