// SPDX-License-Identifier: Apache-2.0
// Dark or light: the system's choice, unless the reader made one.

export type Scheme = "auto" | "light" | "dark";
const KEY = "weir.scheme";

export function savedScheme(): Scheme {
  try {
    const saved = localStorage.getItem(KEY);
    return saved === "light" || saved === "dark" ? saved : "auto";
  } catch {
    return "auto"; // Storage may be forbidden.
  }
}

/// What is painted by hand hears `schemechange`.
export function applyScheme(scheme: Scheme): void {
  const dark = scheme === "dark" || (scheme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset["scheme"] = dark ? "dark" : "light";
  try {
    localStorage.setItem(KEY, scheme);
  } catch {
    // The choice lasts as long as the page.
  }
  dispatchEvent(new Event("schemechange"));
}

export const otherScheme = (): Scheme => (document.documentElement.dataset["scheme"] === "dark" ? "light" : "dark");

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (savedScheme() === "auto") applyScheme("auto");
});
