// SPDX-License-Identifier: Apache-2.0
// Asking the server from a view: what was shown stays while the next answer is on its way.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "./api.ts";

export interface Loaded<T> {
  value: T | undefined;
  error: ApiError | undefined;
  isLoading: boolean;
  reload: () => void;
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, "page", error instanceof Error ? error.message : String(error));
}

/// Calls `ask` when `keys` change and every `everyMs`, where given; an answer that a later question
/// overtook is dropped.
export function useLoad<T>(ask: (signal: AbortSignal) => Promise<T>, keys: unknown[], everyMs = 0): Loaded<T> {
  const [state, setState] = useState<{ value?: T; error?: ApiError; isLoading: boolean }>({ isLoading: true });
  const latest = useRef(ask);
  latest.current = ask;
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    const run = async () => {
      setState((old) => ({ ...old, isLoading: true }));
      try {
        const value = await latest.current(abort.signal);
        if (!abort.signal.aborted) setState({ value, isLoading: false });
      } catch (error) {
        if (abort.signal.aborted) return;
        setState((old) => ({ ...(old.value !== undefined ? { value: old.value } : {}), error: asApiError(error), isLoading: false }));
      }
      // Nobody looks at a hidden tab.
      if (everyMs > 0 && !abort.signal.aborted) timer = setTimeout(() => (document.hidden ? later() : void run()), everyMs);
    };
    const later = () => {
      timer = setTimeout(() => (document.hidden ? later() : void run()), everyMs);
    };
    void run();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [...keys, round]);
  const reload = useCallback(() => setRound((old) => old + 1), []);
  return { value: state.value, error: state.error, isLoading: state.isLoading, reload };
}
