// SPDX-License-Identifier: Apache-2.0
// A link to a place of this page: an address like any other, followed without loading the page again.

import type { ComponentChildren, JSX } from "preact";
import { formatPlace, go, type Place } from "../place.ts";

interface Props extends Omit<JSX.IntrinsicElements["a"], "href"> {
  to: Place;
  children?: ComponentChildren;
}

export function Link({ to, children, ...rest }: Props) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a {...rest} href={formatPlace(to)} onClick={follow}>
      {children}
    </a>
  );
}

export const place = (path: string[], params: Record<string, string> = {}): Place => ({ path, params });
