// SPDX-License-Identifier: Apache-2.0
// The server's own metrics, out of their exposition text. Pure.

export interface Sample {
  labels: Record<string, string>;
  value: number;
}
export type Metrics = Map<string, Sample[]>;

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Record<string, string> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

export function parseMetrics(text: string): Metrics {
  const metrics: Metrics = new Map();
  for (const line of text.split("\n")) {
    const match = line.startsWith("#") ? null : LINE.exec(line);
    if (!match) continue;
    const labels: Record<string, string> = {};
    for (const [, name, value] of (match[2] ?? "").matchAll(LABEL)) labels[name!] = value!.replace(/\\[n"\\]/g, (escape) => ESCAPES[escape]!);
    const samples = metrics.get(match[1]!) ?? [];
    samples.push({ labels, value: Number(match[3]!.replace("+Inf", "Infinity")) });
    metrics.set(match[1]!, samples);
  }
  return metrics;
}

export function total(metrics: Metrics, name: string): number {
  return (metrics.get(name) ?? []).reduce((sum, sample) => sum + sample.value, 0);
}

/// By interpolation within the bucket, as Prometheus' histogram_quantile; NaN without observations.
export function quantile(buckets: Sample[], part: number): number {
  const sums = new Map<number, number>();
  for (const { labels, value } of buckets) {
    const bound = Number((labels["le"] ?? "").replace("+Inf", "Infinity"));
    sums.set(bound, (sums.get(bound) ?? 0) + value);
  }
  const bounds = [...sums].sort((a, b) => a[0] - b[0]);
  const all = bounds[bounds.length - 1]?.[1] ?? 0;
  if (all === 0) return Number.NaN;
  const wanted = part * all;
  let below = 0;
  let from = 0;
  for (const [bound, sum] of bounds) {
    if (sum >= wanted) {
      if (!Number.isFinite(bound)) return from;
      return from + (bound - from) * (sum > below ? (wanted - below) / (sum - below) : 1);
    }
    below = sum;
    from = bound;
  }
  return from;
}

/// What was counted between two moments; the later alone where the server started anew between them.
export function difference(later: Sample[], earlier: Sample[]): Sample[] {
  const key = (sample: Sample) => JSON.stringify(Object.entries(sample.labels).sort());
  const before = new Map(earlier.map((sample) => [key(sample), sample.value]));
  const changes = later.map((sample) => ({ labels: sample.labels, value: sample.value - (before.get(key(sample)) ?? 0) }));
  return changes.some((sample) => sample.value < 0) ? later : changes;
}
