// A row as SQLite keeps it: the kind of each value, then the values.

export type Value = null | number | string | Uint8Array;

/** A whole number in groups of seven bits, highest first; one below 0 in all 64, the last eight at once. */
export function varint(value: number): number[] {
  if (value >= 0 && value < 128) return [value];
  if (value < 0) {
    const bits = BigInt.asUintN(64, BigInt(value));
    const upper = Array.from({ length: 8 }, (_, k) => Number((bits >> BigInt(57 - 7 * k)) & 127n) | 128);
    return [...upper, Number(bits & 255n)];
  }
  const found = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) found.unshift((rest % 128) | 128);
  return found;
}

const encoder = new TextEncoder();
/** Short words that stand in thousands of rows. */
const known = new Map<string, Uint8Array>();

function octetsOf(text: string): Uint8Array {
  if (text.length > 40) return encoder.encode(text);
  let found = known.get(text);
  if (!found) {
    if (known.size > 20_000) known.clear();
    known.set(text, (found = encoder.encode(text)));
  }
  return found;
}

/** Octets of whole numbers by serial type. */
const WIDTHS = [0, 1, 2, 3, 4, 6] as const;

/** `key` is the place of the value that is the rowid itself, and stands as NULL in the row. */
export function encodeRecord(row: readonly Value[], key = -1): Uint8Array {
  const kinds: number[] = [];
  const parts: (Uint8Array | number)[] = [];
  let size = 0;
  for (let k = 0; k < row.length; k++) {
    const value = row[k]!;
    if (k === key || value === null || (typeof value === "number" && Number.isNaN(value))) kinds.push(0);
    else if (typeof value === "number") {
      const kind = numberKind(value);
      kinds.push(kind);
      if (kind < 8) {
        parts.push(value);
        size += kind === 7 ? 8 : WIDTHS[kind]!;
      }
    } else {
      const text = typeof value === "string";
      const octets = text ? octetsOf(value) : value;
      kinds.push(octets.length * 2 + (text ? 13 : 12));
      parts.push(octets);
      size += octets.length;
    }
  }
  const head: number[] = [];
  for (const kind of kinds) {
    if (kind < 128) head.push(kind);
    else head.push(...varint(kind));
  }
  // the length of the head counts itself, which may take a second octet
  let wide = 1;
  while (varint(head.length + wide).length > wide) wide++;
  const found = new Uint8Array(wide + head.length + size);
  found.set(varint(head.length + wide));
  found.set(head, wide);
  const view = new DataView(found.buffer);
  let at = wide + head.length;
  let part = 0;
  for (const kind of kinds) {
    if (kind === 0 || kind === 8 || kind === 9) continue;
    const value = parts[part++]!;
    if (typeof value !== "number") {
      found.set(value, at);
      at += value.length;
    } else if (kind === 7) {
      view.setFloat64(at, value);
      at += 8;
    } else {
      const width = WIDTHS[kind]!;
      // two's complement, highest octet first
      let rest = value < 0 ? value + 2 ** (8 * width) : value;
      for (let k = width - 1; k >= 0; k--, rest = Math.floor(rest / 256)) found[at + k] = rest % 256;
      at += width;
    }
  }
  return found;
}

/** Whole numbers stand as such, which columns of type REAL read as they are. */
function numberKind(value: number): number {
  if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 47) return 7;
  if (value === 0) return 8;
  if (value === 1) return 9;
  for (let kind = 1; kind <= 5; kind++) {
    const half = 2 ** (8 * WIDTHS[kind]! - 1);
    if (value >= -half && value < half) return kind;
  }
  return 7;
}
