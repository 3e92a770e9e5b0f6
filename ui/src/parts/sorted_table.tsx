// SPDX-License-Identifier: Apache-2.0
// A table of some hundred rows whose heads sort it; the order is in the address.

import type { ComponentChildren } from "preact";
import { setParams } from "../place.ts";

export interface Head<T> {
  key: string;
  label: string;
  title?: string;
  isText?: boolean;
  /// What it is sorted by; without it, it is not.
  by?: (row: T) => number | string;
  show: (row: T) => ComponentChildren;
}
export interface Order {
  key: string;
  isDown: boolean;
}

/// `p95` is descending, `p95.up` ascending.
export function parseOrder(text: string | undefined, otherwise: string): Order {
  const [key, direction] = (text || otherwise).split(".");
  return { key: key!, isDown: direction !== "up" };
}

export function sortRows<T>(rows: T[], heads: Head<T>[], order: Order): T[] {
  const by = heads.find((head) => head.key === order.key)?.by;
  if (!by) return rows;
  const sign = order.isDown ? -1 : 1;
  return [...rows].sort((a, b) => {
    const left = by(a);
    const right = by(b);
    return sign * (left < right ? -1 : left > right ? 1 : 0);
  });
}

interface Props<T> {
  label: string;
  rows: T[];
  heads: Head<T>[];
  order: Order;
  param?: string; // Of the address.
  keyOf: (row: T) => string;
}

export function SortedTable<T>({ label, rows, heads, order, param = "sort", keyOf }: Props<T>) {
  const sort = (head: Head<T>) => {
    const isDown = order.key === head.key ? !order.isDown : !head.isText;
    setParams({ [param]: isDown ? head.key : `${head.key}.up` }, true);
  };
  return (
    <div class="table-scroll">
      <table class="list" aria-label={label}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head.key} scope="col" class={head.isText ? "" : "right"} aria-sort={order.key !== head.key ? undefined : order.isDown ? "descending" : "ascending"}>
                {head.by ? (
                  <button class="plain" title={head.title} onClick={() => sort(head)}>
                    {head.label}
                    <span class="sort" aria-hidden="true">{order.key === head.key ? (order.isDown ? "↓" : "↑") : ""}</span>
                  </button>
                ) : (
                  <span title={head.title}>{head.label}</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sortRows(rows, heads, order).map((row) => (
            <tr key={keyOf(row)}>
              {heads.map((head) => (
                <td key={head.key} class={head.isText ? "" : "right number"}>{head.show(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
