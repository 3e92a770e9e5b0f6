// SPDX-License-Identifier: Apache-2.0
// What the keyboard does everywhere: `g` and a letter goes to a view, `/` to the view's text field, `?` tells the keys.

import { useEffect, useRef } from "preact/hooks";
import { go } from "./place.ts";
import { VIEWS } from "./view_list.ts";

const CHORD_MS = 1500;

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.matches("input, textarea, select") || target.isContentEditable);

export function useKeys(range: Record<string, string>, toggleHelp: () => void): void {
  const now = useRef({ range, toggleHelp });
  now.current = { range, toggleHelp };
  useEffect(() => {
    let chordUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const view = Date.now() < chordUntil ? VIEWS.find((one) => one.key === event.key) : undefined;
      chordUntil = event.key === "g" ? Date.now() + CHORD_MS : 0;
      if (view) go({ path: view.name ? [view.name] : [], params: view.hasRange ? now.current.range : {} });
      else if (event.key === "?") now.current.toggleHelp();
      else if (event.key === "/") document.querySelector<HTMLElement>("main input[type=search], main textarea")?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

const KEYS: [string, string][] = [
  ...VIEWS.map((view): [string, string] => [`g ${view.key}`, view.label]),
  ["/", "The view's text field"],
  ["↑ ↓", "Span or row before, after"],
  ["← →", "Fold, unfold; to the parent"],
  ["Home End", "First, last"],
  ["Ctrl Enter", "Run the statement"],
  ["Esc", "Close"],
  ["?", "These keys"],
];

export function KeyHelp({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="keys" aria-label="Keys" onClose={close} onClick={(event) => event.target === dialog.current && close()}>
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>{key.split(" ").map((one) => <kbd key={one}>{one}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button onClick={close}>Close</button>
    </dialog>
  );
}
