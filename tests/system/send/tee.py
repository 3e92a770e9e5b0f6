# SPDX-License-Identifier: Apache-2.0
"""A loopback proxy for OTLP over HTTP/1.1 and gRPC that keeps every request it passes on, decoded.

What a real SDK sent is then known exactly, and is what the tables must hold. Answers pass back unchanged.
"""

import gzip
import http.client
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
import zstandard

from expect import SIGNALS
from send.by_hand import REQUEST_TYPE
from send.otlp_json import parse_otlp_json

FORWARD_SECONDS = 30
PASSED_HEADERS = ("content-type", "content-encoding", "user-agent", "authorization")


def decompress(body, encoding):
    if encoding == "gzip":
        return gzip.decompress(body)
    if encoding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return body


def grpc_method(signal):
    service = {"traces": "trace.v1.TraceService", "logs": "logs.v1.LogsService",
               "metrics": "metrics.v1.MetricsService"}[signal]
    return f"/opentelemetry.proto.collector.{service}/Export"


class Tee:
    """Any thread may record; `sent` is read when the senders are done."""

    def __init__(self, weir_http, weir_grpc):
        self.sent = []  # (signal, message) as acknowledged
        self.refused = []  # (where, answer)
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._http_class(weir_http))
        self._http.daemon_threads = True
        self._http_thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._http_thread.start()
        self._channel = grpc.insecure_channel(weir_grpc)
        self._grpc = grpc.server(ThreadPoolExecutor(4), handlers=[self._grpc_handlers()])
        self.http_url = f"http://127.0.0.1:{self._http.server_port}"
        self.grpc_target = f"127.0.0.1:{self._grpc.add_insecure_port('127.0.0.1:0')}"
        self._grpc.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._grpc.stop(grace=5).wait()
        self._channel.close()
        self._http.shutdown()
        self._http.server_close()
        self._http_thread.join()

    def record(self, signal, message):
        with self._lock:
            self.sent.append((signal, message))

    def refuse(self, where, answer):
        with self._lock:
            self.refused.append((where, answer))

    def _http_class(tee, weir_http):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = read_body(self.rfile, self.headers)
                status, headers, answer = forward(weir_http, self.path, self.headers, body)
                if status == 200:
                    signal = self.path.rpartition("/")[2]
                    plain = decompress(body, self.headers.get("content-encoding"))
                    tee.record(signal, decode(signal, plain, self.headers["content-type"]))
                else:
                    tee.refuse(self.path, f"{status} {answer[:300]}")
                self.send_response(status)
                for name, value in headers:
                    if name.lower() in ("content-type", "retry-after"):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        return Handler

    def _grpc_handlers(self):
        method_handlers = {}
        for signal in SIGNALS:
            send = self._channel.unary_unary(grpc_method(signal))
            method_handlers[signal] = grpc.unary_unary_rpc_method_handler(
                lambda body, context, signal=signal, send=send: self._forward_grpc(signal, send, body, context))

        class Handlers(grpc.GenericRpcHandler):
            def service(self, details):
                return next((method_handlers[s] for s in SIGNALS if details.method == grpc_method(s)), None)

        return Handlers()

    def _forward_grpc(self, signal, send, body, context):
        try:
            answer = send(body, timeout=FORWARD_SECONDS, compression=grpc.Compression.Gzip)
        except grpc.RpcError as error:
            self.refuse(grpc_method(signal), f"{error.code()} {error.details()}")
            context.abort(error.code(), error.details())
        self.record(signal, REQUEST_TYPE[signal].FromString(body))
        return answer


def decode(signal, body, content_type):
    if content_type.startswith("application/json"):
        return parse_otlp_json(signal, body)
    return REQUEST_TYPE[signal].FromString(body)


def read_body(stream, headers):
    if headers.get("transfer-encoding") != "chunked":
        return stream.read(int(headers["content-length"]))
    chunks = []
    while size := int(stream.readline().split(b";")[0], 16):
        chunks.append(stream.read(size))
        stream.readline()
    stream.readline()  # no trailers
    return b"".join(chunks)


def forward(weir_http, path, headers, body):
    """Sends on as it came, chunked or with a length; returns (status, headers, body) of the answer."""
    connection = http.client.HTTPConnection(weir_http, timeout=FORWARD_SECONDS)
    try:
        passed = {name: headers[name] for name in PASSED_HEADERS if headers.get(name)}
        if headers.get("transfer-encoding") == "chunked":
            passed["transfer-encoding"] = "chunked"
            connection.request("POST", path, iter([body]), passed, encode_chunked=True)
        else:
            connection.request("POST", path, body, passed)
        response = connection.getresponse()
        return response.status, response.getheaders(), response.read()
    finally:
        connection.close()
