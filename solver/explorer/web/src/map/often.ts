// Colours and sizes for how often something is chosen: pale to dark, even steps of lightness.

const STEPS = ["#e9ece6", "#d3e2d6", "#b5d5c5", "#92c5b3", "#6fb3a3", "#4d9f95", "#308a86", "#1c7477", "#115e68", "#0d4857", "#0a3145"];

// land lies beneath the marks: another hue, and never as dark as they are
const LAND = ["#f4f2ec", "#f3ebdb", "#f0e3c9", "#ecd9b4", "#e7ce9f", "#e1c28a", "#dab577", "#d2a765", "#c99955", "#bf8b47", "#b07a38"];

/** Number of steps, the first for what is never chosen. */
export const OFTEN_STEPS = STEPS.length;

/** Step of a share: 0 for never, then tenths, the last from 90 % on. */
export function oftenStep(share: number): number {
  return share <= 0 ? 0 : Math.min(STEPS.length - 1, 1 + Math.floor(share * 10 + 1e-9));
}

export function oftenColour(step: number, land = false): string {
  return (land ? LAND : STEPS)[step]!;
}
