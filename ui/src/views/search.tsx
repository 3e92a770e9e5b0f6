// SPDX-License-Identifier: Apache-2.0
export function SearchView(_props: Record<string, unknown>) {
  return <p>…</p>;
}
