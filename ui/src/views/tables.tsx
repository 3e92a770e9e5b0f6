// SPDX-License-Identifier: Apache-2.0
export function TablesView(_props: Record<string, unknown>) {
  return <p>…</p>;
}
