// Numbers as people write them, in the language of the page.

import { lang } from "./state.ts";

const made = new Map<string, Intl.NumberFormat>();

function shape(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = lang.value + JSON.stringify(options);
  let found = made.get(key);
  if (!found) made.set(key, (found = new Intl.NumberFormat(lang.value === "zh" ? "zh-CN" : "en-GB", options)));
  return found;
}

/** A number to so many significant digits, thousands separated; a dash for what is not known. */
export function number(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const before = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
  const after = Math.max(0, Math.min(6, digits - before));
  return shape({ maximumFractionDigits: after }).format(value === 0 ? 0 : value);
}

/** The number in full, as it is in the front. */
export function exact(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return shape({ maximumFractionDigits: 12 }).format(value);
}

/** The same with a sign, for changes. */
export function change(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return "–";
  const text = number(Math.abs(value), digits);
  return Number(value) === 0 || text === "0" ? "0" : (value > 0 ? "+" : "−") + text;
}

/** A share as a percentage; one that is not zero is never written as 0 %. */
export function percent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  const value = share * 100;
  if (value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits) return `${shape({ maximumSignificantDigits: 1 }).format(value)} %`;
  return `${shape({ maximumFractionDigits: digits }).format(value)} %`;
}

export function whole(value: number): string {
  return shape({ maximumFractionDigits: 0 }).format(value);
}
