// SPDX-License-Identifier: Apache-2.0
// The views that the frame names, in its order.

/// `key`: after `g`. `hasRange`: it looks at a time, which goes along from one to the next.
export const VIEWS: { name: string; label: string; key: string; hasRange: boolean }[] = [
  { name: "", label: "Start", key: "h", hasRange: false },
  { name: "services", label: "Services", key: "s", hasRange: true },
  { name: "search", label: "Search", key: "f", hasRange: true },
  { name: "tail", label: "Tail", key: "t", hasRange: false },
  { name: "sql", label: "SQL", key: "q", hasRange: false },
  { name: "tables", label: "Tables", key: "b", hasRange: false },
  { name: "health", label: "Health", key: "i", hasRange: false },
];
