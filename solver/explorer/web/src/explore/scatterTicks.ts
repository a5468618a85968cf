// Round numbers along an axis.

import { number } from "../format.ts";

/** About `wanted` round values between two ends (Heckbert 1990, Graphics Gems, "Nice numbers for graph labels"). */
export function ticks(low: number, high: number, wanted: number): number[] {
  const width = high - low;
  if (!(width > 0) || wanted < 1) return [low];
  const rough = width / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  const step = (lead < 1.5 ? 1 : lead < 3 ? 2 : lead < 7 ? 5 : 10) * power;
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * width; k++) found.push(k * step);
  return found;
}

/** A round number as short as an axis has room for. */
export function brief(value: number, language: string): string {
  if (Math.abs(value) < 1e6) return number(value);
  const locale = language === "zh" ? "zh-CN" : "en-US";
  return new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 4 }).format(value);
}

/** A value that a hand cannot have meant more exactly than to a pixel, with no more digits than that needs. */
export function roundedTo(value: number, pixel: number): number {
  const power = 10 ** Math.floor(Math.log10(pixel));
  return Number((Math.round(value / power) * power).toPrecision(12));
}
