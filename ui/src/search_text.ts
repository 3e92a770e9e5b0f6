// SPDX-License-Identifier: Apache-2.0
// Changing a query in the bar: the word at the caret, a condition more or less. Pure; the grammar itself is the server's.

/// A value as the grammar takes it: quoted unless it is one plain word.
export function quoteValue(value: string): string {
  return /^[\w./@+-]+$/.test(value) && !/^(AND|OR|NOT)$/i.test(value) && !value.startsWith("-") ? value : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

export const condition = (key: string, value: string) => `${key}:${quoteValue(value)}`;

/// Where the words of a query begin and end; blanks within quotes part nothing.
function words(query: string): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  let from = -1;
  let isQuoted = false;
  for (let i = 0; i <= query.length; i++) {
    const at = query[i];
    if (at === "\\" && isQuoted) i++;
    else if (at === '"') isQuoted = !isQuoted;
    const isBlank = at === undefined || (!isQuoted && /[\s()]/.test(at));
    if (!isBlank && from === -1) from = i;
    if (isBlank && from !== -1) {
      found.push({ from, to: i });
      from = -1;
    }
  }
  return found;
}

export function hasCondition(query: string, key: string, value: string): boolean {
  const wanted = [condition(key, value), `${key}:"${value}"`];
  return words(query).some(({ from, to }) => wanted.includes(query.slice(from, to)));
}

export function toggleCondition(query: string, key: string, value: string): string {
  const wanted = [condition(key, value), `${key}:"${value}"`];
  const word = words(query).find(({ from, to }) => wanted.includes(query.slice(from, to)));
  if (word) return (query.slice(0, word.from) + query.slice(word.to)).replace(/\s+/g, " ").trim();
  return `${query.trim()} ${condition(key, value)}`.trim();
}

/// The word that ends at the caret or goes on beyond it, without a leading minus; empty between words.
export function wordAt(query: string, caret: number): { from: number; to: number; text: string } {
  const word = words(query).find(({ from, to }) => from <= caret && caret <= to);
  if (!word) return { from: caret, to: caret, text: "" };
  const from = query[word.from] === "-" && caret > word.from ? word.from + 1 : word.from;
  return { from, to: word.to, text: query.slice(from, caret) };
}

export interface Suggestion {
  text: string;
  kind: "key" | "value";
  count: number;
}

/// The query and caret after a suggestion was taken for the word at the caret.
export function take(query: string, caret: number, suggestion: Suggestion): { query: string; caret: number } {
  const word = wordAt(query, caret);
  const colon = word.text.search(/[:=<>!]/);
  const key = colon === -1 ? "" : word.text.slice(0, colon);
  const value = key !== "" && suggestion.text.startsWith(`${key}:`) ? suggestion.text.slice(key.length + 1) : suggestion.text;
  const put = suggestion.kind === "key" ? `${suggestion.text}:` : key === "" ? quoteValue(value) : `${condition(key, value.replace(/^"(.*)"$/, "$1"))} `;
  const rest = query.slice(word.to);
  return { query: query.slice(0, word.from) + put + (put.endsWith(" ") ? rest.replace(/^\s+/, "") : rest), caret: word.from + put.length };
}
