# SPDX-License-Identifier: Apache-2.0
"""One OTLP request over HTTP/1.1, HTTP/2 without TLS, or gRPC; every answer in one shape."""

import gzip
import http.client
import socket
import struct
import urllib.parse
from dataclasses import dataclass, field

import grpc
import h2.config
import h2.connection
import h2.events
import zstandard
from google.rpc import error_details_pb2, status_pb2

from send.tee import grpc_method

ANSWER_SECONDS = 20
PROTOBUF, JSON = "application/x-protobuf", "application/json"


@dataclass
class Answer:
    status: int  # HTTP's; 200 for gRPC
    headers: dict
    body: bytes
    grpc_status: int | None = None
    grpc_message: str = ""
    trailers: dict = field(default_factory=dict)

    @property
    def content_type(self):
        return self.headers.get("content-type", "")


def compress(body, encoding):
    if encoding == "gzip":
        return gzip.compress(body)
    if encoding == "zstd":
        return zstandard.compress(body)
    return body


def http1(address, path, body, content_type=PROTOBUF, encoding=None, method="POST", headers=None):
    connection = http.client.HTTPConnection(address, timeout=ANSWER_SECONDS)
    try:
        try:
            connection.request(method, path, compress(body, encoding), _headers(content_type, encoding, headers))
            response = connection.getresponse()
        except (BrokenPipeError, ConnectionResetError):
            # A server may answer and close before it has read a body that it won't take; the answer is there to read.
            response = http.client.HTTPResponse(connection.sock, method=method)
            response.begin()
        answer_headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, answer_headers, response.read())
    finally:
        connection.close()


def _headers(content_type, encoding, more):
    headers = {"content-type": content_type} if content_type else {}
    if encoding and encoding != "identity":
        headers["content-encoding"] = encoding
    return headers | (more or {})


def http2(address, path, body, content_type=PROTOBUF, encoding=None, method="POST", headers=None):
    """Prior knowledge: the connection opens with the preface of HTTP/2."""
    more = _headers(content_type, encoding, headers)
    return _Http2(address).exchange(method, path, more, compress(body, encoding))


def grpc_by_hand(address, signal, message, encoding=None, path=None, headers=None, frame=None):
    """gRPC as frames on HTTP/2, for what grpcio can't send: zstd, broken frames."""
    is_compressed = encoding not in (None, "identity")
    payload = compress(message, encoding)
    frame = struct.pack(">BI", is_compressed, len(payload)) + payload if frame is None else frame
    more = {"content-type": "application/grpc", "te": "trailers"} | (headers or {})
    if encoding:
        more["grpc-encoding"] = encoding
    answer = _Http2(address).exchange("POST", path or grpc_method(signal), more, frame)
    trailers = answer.headers | answer.trailers
    answer.grpc_status = int(trailers.get("grpc-status", -1))
    answer.grpc_message = urllib.parse.unquote(trailers.get("grpc-message", ""))
    if answer.body:
        is_compressed, length = struct.unpack(">BI", answer.body[:5])
        assert not is_compressed and length == len(answer.body) - 5, "the answer is one uncompressed message"
        answer.body = answer.body[5:]
    return answer


def grpcio(address, signal, message, encoding=None, path=None, metadata=None):
    compression = grpc.Compression.Gzip if encoding == "gzip" else grpc.Compression.NoCompression
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(address, options=options) as channel:
        try:
            body = channel.unary_unary(path or grpc_method(signal))(message, timeout=ANSWER_SECONDS,
                                                                    compression=compression, metadata=metadata)
            return Answer(200, {}, body, grpc_status=0)
        except grpc.RpcError as error:
            return Answer(200, {}, b"", error.code().value[0], error.details(), dict(error.trailing_metadata() or ()))


def google_status(answer):
    """The google.rpc.Status that an HTTP error must carry."""
    assert error_details_pb2.DESCRIPTOR  # JSON can only be read of details whose types are known.
    if answer.content_type.startswith(JSON):
        from google.protobuf import json_format

        return json_format.Parse(answer.body, status_pb2.Status())
    return status_pb2.Status.FromString(answer.body)


class _Http2:
    """One request on one connection, read until its stream ends. One thread."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS)
        self._address = address
        self._connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self._answer = Answer(0, {}, b"")
        self._ended = False

    def exchange(self, method, path, headers, body):
        with self._socket:
            self._connection.initiate_connection()
            stream = self._connection.get_next_available_stream_id()
            pseudo = [(":method", method), (":scheme", "http"), (":authority", self._address), (":path", path)]
            self._connection.send_headers(stream, pseudo + list(headers.items()), end_stream=not body)
            self._flush()
            while body and not self._ended:
                room = min(self._connection.local_flow_control_window(stream),
                           self._connection.max_outbound_frame_size)
                if room > 0:
                    self._connection.send_data(stream, body[:room], end_stream=len(body) <= room)
                    body = body[room:]
                    self._flush()
                else:
                    self._receive()
            while not self._ended:
                self._receive()
        return self._answer

    def _flush(self):
        self._socket.sendall(self._connection.data_to_send())

    def _receive(self):
        data = self._socket.recv(65536)
        assert data, "the server closed the connection before its answer was complete"
        for event in self._connection.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                self._answer.headers = dict(event.headers)
                self._answer.status = int(self._answer.headers.pop(":status"))
            elif isinstance(event, h2.events.DataReceived):
                self._answer.body += event.data
                self._connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.TrailersReceived):
                self._answer.trailers = dict(event.headers)
            elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
                self._ended = True
            elif isinstance(event, h2.events.ConnectionTerminated):
                raise AssertionError(f"GOAWAY {event.error_code}")
        self._flush()
