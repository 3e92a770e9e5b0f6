// SPDX-License-Identifier: Apache-2.0
// The address is the state: which view, and what it shows. Nothing that a reload should bring back is kept elsewhere.

import { useEffect, useState } from "preact/hooks";

export interface Place {
  path: string[]; // Segments below /ui/, decoded; none for the start.
  params: Record<string, string>;
}

const BASE = "/ui/";

export function parsePlace(pathname: string, search: string): Place {
  const rest = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : "";
  const path = rest.split("/").filter(Boolean).map(decode);
  return { path, params: Object.fromEntries(new URLSearchParams(search)) };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // A stray percent sign is itself.
  }
}

/// Parameters that are empty are left out, so that an address says only what is special.
export function formatPlace(place: Place): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(place.params)) if (value !== "") query.set(name, value);
  const text = query.toString();
  const path = place.path.length === 0 ? "/" : BASE + place.path.map(encodeURIComponent).join("/");
  return text === "" ? path : `${path}?${text}`;
}

const listeners = new Set<() => void>();

export function here(): Place {
  return parsePlace(location.pathname, location.search);
}

/// `replace`: what changes while someone types or drags makes no new entry of the history.
export function go(place: Place, replace = false): void {
  const address = formatPlace(place);
  if (address === location.pathname + location.search) return;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  for (const tell of listeners) tell();
}

/// Changes parameters of the place we are at; an empty text removes one.
export function setParams(changes: Record<string, string>, replace = false): void {
  const place = here();
  go({ path: place.path, params: { ...place.params, ...changes } }, replace);
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const tell = () => setPlace(here());
    listeners.add(tell);
    addEventListener("popstate", tell);
    tell();
    return () => {
      listeners.delete(tell);
      removeEventListener("popstate", tell);
    };
  }, []);
  return place;
}
