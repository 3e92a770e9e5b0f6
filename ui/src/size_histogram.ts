// SPDX-License-Identifier: Apache-2.0
// How many files are how large, in steps of four. Pure.

import { bytes } from "./format.ts";

export interface SizeStep {
  label: string;
  files: number;
  bytes: number;
}

const FIRST = 4 << 10;
const FACTOR = 4;

/// All steps from the smallest that has a file to the largest.
export function sizeHistogram(sizes: number[]): SizeStep[] {
  if (sizes.length === 0) return [];
  const stepOf = (size: number) => Math.max(0, Math.ceil(Math.log(Math.max(1, size / FIRST)) / Math.log(FACTOR) - 1e-9));
  const steps = sizes.map(stepOf);
  const least = steps.reduce((a, b) => Math.min(a, b));
  const most = steps.reduce((a, b) => Math.max(a, b));
  const found = Array.from({ length: most - least + 1 }, (_, i) => ({ label: `≤ ${bytes(FIRST * FACTOR ** (i + least))}`, files: 0, bytes: 0 }));
  sizes.forEach((size, i) => {
    const step = found[steps[i]! - least]!;
    step.files++;
    step.bytes += size;
  });
  return found;
}
