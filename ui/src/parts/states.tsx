// SPDX-License-Identifier: Apache-2.0
// What a view shows when it has nothing to show: nothing yet, an error, an empty answer.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../api.ts";

// What comes sooner needs no word.
const QUIET_MS = 250;

export function Loading({ what }: { what: string }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="state" role="status" aria-busy="true">
      {isShown && (
        <>
          <span class="spinner" aria-hidden="true" />
          <span>{what}</span>
        </>
      )}
    </div>
  );
}

export function Failed({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <div class="state failed" role="alert">
      <strong>{error.kind === "offline" ? "No connection" : error.status === 404 ? "Not found" : "That did not work"}</strong>
      <pre>{error.message}</pre>
      {retry && <button onClick={retry}>Try again</button>}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="state empty">
      <strong>{title}</strong>
      {children && <div>{children}</div>}
    </div>
  );
}
