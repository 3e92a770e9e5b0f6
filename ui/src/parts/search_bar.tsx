// SPDX-License-Identifier: Apache-2.0
// The one bar: a query of the search language, with suggestions from the server's catalogue.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { getJson, queryText, type ApiError } from "../api.ts";
import { short } from "../format.ts";
import { take, wordAt, type Suggestion } from "../search_text.ts";

const SHOWN_MAX = 10;
const TYPING_MS = 80;

const PLACEHOLDERS: Record<string, string> = {
  traces: 'service:checkout duration>500ms status:error "free text"',
  spans: 'service:checkout duration>500ms status:error "free text"',
  logs: 'service:checkout level:error "free text"',
  metrics: "service:checkout metric:http.server.request.duration",
};

interface Props {
  signal: string;
  value: string;
  onSearch: (text: string) => void;
  error?: ApiError;
}

/// None where the server has no catalogue; a query can be typed without.
async function suggest(signal: string, prefix: string, abort: AbortSignal): Promise<Suggestion[]> {
  try {
    return (await getJson<{ suggestions: Suggestion[] }>(`/api/v1/suggest?${queryText({ signal, prefix })}`, abort)).suggestions;
  } catch {
    return [];
  }
}

export function SearchBar({ signal, value, onSearch, error }: Props) {
  const [text, setText] = useState(value);
  const [caret, setCaret] = useState(value.length);
  const [isOpen, setOpen] = useState(false);
  const [found, setFound] = useState<Suggestion[]>([]);
  const [chosen, setChosen] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (!isOpen) return;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const suggestions = await suggest(signal, wordAt(text, caret).text, abort.signal);
      if (abort.signal.aborted) return;
      setFound(suggestions.slice(0, SHOWN_MAX));
      setChosen(-1);
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, caret, isOpen, signal]);
  const pick = (suggestion: Suggestion) => {
    const next = take(text, caret, suggestion);
    setText(next.query);
    setCaret(next.caret);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(next.caret, next.caret);
    });
  };
  const isListed = isOpen && found.length > 0;
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      if (isListed && chosen >= 0) pick(found[chosen]!);
      else {
        setOpen(false);
        onSearch(text.trim());
      }
    } else if (event.key === "Tab" && isListed && chosen >= 0) pick(found[chosen]!);
    else if (event.key === "Escape" && isListed) setOpen(false);
    else if (event.key === "ArrowDown" && isListed) setChosen((chosen + 1) % found.length);
    else if (event.key === "ArrowUp" && isListed) setChosen((chosen + found.length - 1) % found.length);
    else return;
    event.preventDefault();
  };
  const onInput = (element: HTMLInputElement) => {
    setText(element.value);
    setCaret(element.selectionStart ?? element.value.length);
    setOpen(true);
  };
  return (
    <div class="search-bar">
      <input
        ref={input} type="search" role="combobox" aria-label="Search" aria-expanded={isListed} aria-controls={`${id}-list`} aria-autocomplete="list"
        aria-activedescendant={isListed && chosen >= 0 ? `${id}-${chosen}` : undefined} aria-invalid={error !== undefined} autocomplete="off" spellcheck={false}
        placeholder={PLACEHOLDERS[signal] ?? ""} value={text}
        onInput={(event) => onInput(event.currentTarget)} onKeyDown={onKey} onFocus={() => setOpen(true)} onBlur={() => setOpen(false)}
        onClick={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
      />
      <ul id={`${id}-list`} role="listbox" aria-label="Suggestions" class="suggestions" hidden={!isListed}>
        {found.map((suggestion, i) => (
          <li key={suggestion.text} id={`${id}-${i}`} role="option" aria-selected={i === chosen} onPointerDown={(event) => { event.preventDefault(); pick(suggestion); }}>
            <span>{suggestion.text}{suggestion.kind === "key" ? ":" : ""}</span>
            <span class="muted number">{suggestion.kind === "key" ? "" : short(suggestion.count)}</span>
          </li>
        ))}
      </ul>
      {error && <QueryError error={error} text={value} />}
    </div>
  );
}

/// Points at the place that the server names.
function QueryError({ error, text }: { error: ApiError; text: string }) {
  return (
    <div class="query-error" role="alert">
      {error.message}
      {error.position !== undefined && <pre>{`${text}\n${" ".repeat(error.position)}^`}</pre>}
    </div>
  );
}
