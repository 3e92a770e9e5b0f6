// SPDX-License-Identifier: Apache-2.0
// The choice of the time that a view looks at.

import { useEffect, useRef, useState } from "preact/hooks";
import { setParams } from "../place.ts";
import { parseTime, PRESETS, rangeLabel, rangeParams, type Range } from "../time_range.ts";

export function TimePicker({ range }: { range: Range }) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const away = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, [isOpen]);
  const choose = (chosen: Range) => {
    setParams(rangeParams(chosen));
    setOpen(false);
  };
  return (
    <div class="picker" ref={root} onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
      <button aria-haspopup="dialog" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {rangeLabel(range)} <span aria-hidden="true">▾</span>
      </button>
      {isOpen && (
        <div class="popover" role="dialog" aria-label="Time range">
          <div class="presets">
            {PRESETS.map((preset) => (
              <button key={preset.from} aria-pressed={range.to === "now" && range.from === preset.from} onClick={() => choose({ from: preset.from, to: "now" })}>
                {preset.label}
              </button>
            ))}
          </div>
          <Absolute range={range} choose={choose} />
        </div>
      )}
    </div>
  );
}

const toLocal = (text: string) => {
  const ms = parseTime(text, Date.now()) ?? Date.now();
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

function Absolute({ range, choose }: { range: Range; choose: (range: Range) => void }) {
  const [from, setFrom] = useState(toLocal(range.from));
  const [to, setTo] = useState(toLocal(range.to));
  const apply = (event: Event) => {
    event.preventDefault();
    choose({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  };
  return (
    <form class="absolute" onSubmit={apply}>
      <label>
        From <input type="datetime-local" value={from} required onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        To <input type="datetime-local" value={to} required onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <button class="primary" disabled={!(from < to)}>
        Apply
      </button>
    </form>
  );
}
