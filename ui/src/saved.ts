// SPDX-License-Identifier: Apache-2.0
// Statements that the reader keeps in this browser.

export interface Saved {
  name: string;
  text: string;
}

const KEY = "weir.statements";
const SAVED_MAX = 200;

export function readSaved(): Saved[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((one): one is Saved => typeof one?.name === "string" && typeof one?.text === "string") : [];
  } catch {
    return []; // Not ours, or no storage.
  }
}

/// A name that is there already gets the new text. Returns what is kept then; throws where there is no room.
export function save(saved: Saved[], one: Saved): Saved[] {
  const next = [one, ...saved.filter((other) => other.name !== one.name)].slice(0, SAVED_MAX);
  localStorage.setItem(KEY, JSON.stringify(next));
  return next;
}

export function forget(saved: Saved[], name: string): Saved[] {
  const next = saved.filter((one) => one.name !== name);
  localStorage.setItem(KEY, JSON.stringify(next));
  return next;
}
