// SPDX-License-Identifier: Apache-2.0
// The server under test on a data folder of its own, ended by its own process id.

import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { BINARY, OUTPUT } from "./environment.mjs";
import { sendLogs, sendSpans, shop } from "./telemetry.mjs";

const READY_MS_MAX = 30_000;
const running = new Set();

export async function until(what, check, maxMs = READY_MS_MAX, everyMs = 50) {
  const end = Date.now() + maxMs;
  let last;
  for (;;) {
    try {
      const value = await check();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${maxMs} ms for ${what}${last ? `: ${last.message}` : ""}`);
    await new Promise((done) => setTimeout(done, everyMs));
  }
}

/// No flags but where: what someone gets who just started it.
export async function startServer(folder) {
  const data = `${folder}/data`;
  mkdirSync(data, { recursive: true });
  const log = openSync(`${folder}/weir.log`, "a");
  const child = spawn(BINARY, ["serve", "--data", data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"], { stdio: ["ignore", log, log] });
  const server = {
    data,
    stop: () =>
      new Promise((done) => {
        running.delete(server);
        if (child.exitCode !== null) return done();
        child.once("exit", () => {
          rmSync(data, { recursive: true, force: true });
          done();
        });
        child.kill("SIGKILL");
      }),
  };
  running.add(server);
  const ports = await until(`server.json in ${data}`, () => JSON.parse(readFileSync(`${data}/server.json`, "utf8")));
  server.url = `http://${ports.http}`;
  server.grpc = ports.grpc;
  await until("/ready", async () => (await fetch(`${server.url}/ready`)).ok);
  server.sql = async (query) => {
    const answer = await fetch(`${server.url}/api/sql`, { method: "POST", headers: { "content-type": "application/sql" }, body: query });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()).rows;
  };
  return server;
}

export async function closeServers() {
  for (const server of [...running]) await server.stop();
}

let shared;

/// One server with half an hour of a shop's telemetry, for all cases that only look. Their figures are the same each run.
export function shopServer() {
  shared ??= (async () => {
    rmSync(`${OUTPUT}/shop`, { recursive: true, force: true });
    const server = await startServer(`${OUTPUT}/shop`);
    const nowMs = Date.now();
    const spans = shop({ traces: 300, nowMs });
    await sendSpans(server.url, spans);
    const roots = spans.filter((span) => span.parentSpanId === "");
    server.spans = spans;
    server.roots = roots;
    await sendLogs(server.url, roots.map((root, i) => ({
      service: "web", timeMs: Number(BigInt(root.startTimeUnixNano) / 1_000_000n) + 3, body: `order ${i} was placed`, severity: i % 10 === 0 ? "ERROR" : "INFO",
      traceId: root.traceId, spanId: root.spanId })));
    await until("all rows", async () => {
      const rows = await server.sql("SELECT (SELECT count(*) FROM otel_spans), (SELECT count(*) FROM otel_logs)");
      return rows[0][0] === spans.length && rows[0][1] === roots.length;
    });
    return server;
  })();
  return shared;
}
