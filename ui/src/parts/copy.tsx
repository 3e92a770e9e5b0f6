// SPDX-License-Identifier: Apache-2.0
// Lines to paste, and the button that copies them.

import { useState } from "preact/hooks";

/// Where the clipboard is not to be had (plain http from elsewhere), the text is selected instead.
async function copyText(text: string, fallback: Element | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (fallback) getSelection()?.selectAllChildren(fallback);
    return false;
  }
}

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [said, setSaid] = useState("");
  const copy = async (event: MouseEvent) => {
    const block = (event.currentTarget as Element).closest(".paste")?.querySelector("code") ?? null;
    setSaid((await copyText(text, block)) ? "Copied" : "Selected: press Ctrl+C");
    setTimeout(() => setSaid(""), 2000);
  };
  return (
    <button class="small" onClick={copy} aria-live="polite">
      {said || label}
    </button>
  );
}

export function Paste({ text, label }: { text: string; label: string }) {
  return (
    <div class="paste">
      <pre tabIndex={0} aria-label={label}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} />
    </div>
  );
}
