// What the page is told (refugia-explorer/1, see ../../schema.json), and arrays as they stand in it.

export type Lang = "en" | "zh";
export type Text = { en?: string; zh?: string };

export interface Block {
  dtype: "u1" | "u2" | "u4" | "i4" | "f4" | "f8";
  shape: number[];
  delta?: true;
  shuffle?: true;
  codec?: "gzip";
  data: string;
}

export interface ShapesTold {
  kind: "point" | "line" | "polygon";
  owner: Block;
  start: Block;
  x: Block;
  y: Block;
}

export interface KindTold {
  name: string;
  label: Text;
  role: "shelter" | "stock" | "reserve" | "corridor" | "harden" | "land";
  colour: string;
  shape: string;
  width: number;
  dash: number[];
  hatch: string;
  dual: boolean;
}

export interface LayerTold {
  name: string;
  label: Text;
  ids: string[];
  titles: string[] | null;
  shapes: ShapesTold;
  kinds: KindTold[];
  facts: Record<string, Block>;
  groups: { group: Block; groups: string[] } | null;
  amounts: { name: string; label: Text; unit: Text; feature: Block; values: Block }[];
  forceable: boolean;
  choices: { feature: Block; kind: Block; chosen: Block } | null;
  classes: { today: Block; chosen: Block } | null;
}

export interface ObjectiveTold {
  name: string;
  label: Text;
  unit: Text;
  nadir: number;
  ideal: number | null;
  bound: number | null;
  measured: boolean;
  measure: string;
  how: "" | "mean" | "cvar" | "worst" | "regret";
  goal: number | null;
  doc: Text;
}

export interface AboutTold {
  name: string;
  title: Text;
  kind: "plan" | "land";
  digest: string;
  created: string;
  money: string;
  crs: string;
  wkt: string;
  synthetic: boolean;
  seed: number;
  sources: string[];
  assumptions: string[];
  notes: string[];
  versions: Record<string, string>;
  withheld: Text[];
}

export interface ProofTold {
  complete: boolean;
  epsilon: number | null;
  hypervolume: number | null;
  hypervolume_gap: number | null;
  gap: number;
  method: string;
  status: string;
  solves: number;
  seconds: number;
  sentences: { en: string[]; zh: string[] };
}

export interface SuggestionTold {
  kind: string;
  at: number;
  title: Text;
  reason: Text;
}

export interface Payload {
  schema: string;
  lang: Lang;
  about: AboutTold;
  objectives: ObjectiveTold[];
  alternatives: {
    ids: string[];
    values: Block;
    label: Block;
    labels: string[];
    distance: Block;
    verified: Block;
    origin: Block;
    origins: string[];
    stands: Block | null;
    family: Block | null;
  };
  proof: ProofTold;
  suggestions: SuggestionTold[];
  futures: {
    names: string[];
    titles: Text[];
    probability: Block;
    alpha: number;
    drivers: { name: string; label: Text; unit: Text; words: Text[]; values: Block }[];
    measures: { name: string; label: Text; unit: Text; low: number; high: number; values: Block }[];
  } | null;
  frame: { corner: [number, number]; size: [number, number]; step: number };
  layers: LayerTold[];
  backdrops: { name: string; label: Text; shapes: ShapesTold; rank: Block | null }[];
  overlays: { name: string; label: Text; on: string; values: Block }[];
}

/** An alternative that a live solve found; arrays as in the payload, for this one alternative alone. */
export interface Addition {
  id: string;
  job: string;
  values: number[];
  label: number;
  distance: number | null;
  verified: number | null;
  origin: string;
  layers: Record<string, { chosen?: Block; classes?: Block; amounts: Record<string, Block> }>;
  measures: Record<string, Block>;
}

const MAJOR = "refugia-explorer/1.";

export class PayloadError extends Error {}

export function readPayload(text: string): Payload {
  const told = JSON.parse(text) as Payload;
  if (typeof told.schema !== "string" || !told.schema.startsWith(MAJOR)) {
    throw new PayloadError(
      `This page shows ${MAJOR}x and was given ${String(told.schema)}. Make the page again with one version of refugia. ` +
        `此页面只能显示 ${MAJOR}x；请用同一版本的 refugia 重新生成。`,
    );
  }
  return told;
}

export type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

const ARRAYS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array, f4: Float32Array, f8: Float64Array };

type Base64 = { fromBase64?: (text: string) => Uint8Array };

function octetsOf(text: string): Uint8Array {
  // ten times as quick where the browser has it (Chromium 140, Firefox 133, Safari 18.2)
  const native = (Uint8Array as Base64).fromBase64;
  if (native) return native.call(Uint8Array, text);
  const raw = atob(text);
  const found = new Uint8Array(raw.length);
  for (let k = 0; k < raw.length; k++) found[k] = raw.charCodeAt(k);
  return found;
}

function check(found: number, told: number): void {
  if (found !== told)
    throw new PayloadError(
      `A block of this page holds ${found} bytes and not ${told}: the file is damaged. 此页面的数据块为 ${found} 字节，应为 ${told} 字节：文件已损坏。`,
    );
}

/** Straight into an array of the size that is known: through a Blob and a Response it takes three times as long. */
async function gunzip(octets: Uint8Array, size: number): Promise<Uint8Array> {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  // a fault in the stream reaches the reader below; here it would only be told twice
  writer.write(octets as BufferSource).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const found = new Uint8Array(size);
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length <= size) found.set(value, at);
    at += value.length;
  }
  check(at, size);
  return found;
}

/** Bytes sorted by their place in a number, put back. */
function unshuffle(sorted: Uint8Array, size: number): Uint8Array {
  const count = sorted.length / size;
  const found = new Uint8Array(sorted.length);
  for (let b = 0; b < size; b++) for (let k = 0, from = b * count, to = b; k < count; k++, to += size) found[to] = sorted[from + k]!;
  return found;
}

/** The numbers of a block, row by row. Little-endian, as every machine is that runs a browser today. */
export async function unblock(told: Block): Promise<Numbers> {
  const Kind = ARRAYS[told.dtype];
  const size = Kind.BYTES_PER_ELEMENT;
  const wide = told.shape.reduce((a, b) => a * b, size);
  let octets = octetsOf(told.data);
  if (told.codec === "gzip") octets = await gunzip(octets, wide);
  else check(octets.length, wide);
  if (told.shuffle) octets = unshuffle(octets, size);
  const found = new Kind(octets.buffer as ArrayBuffer, octets.byteOffset, octets.length / size);
  if (told.delta) for (let k = 1; k < found.length; k++) found[k] = found[k]! + found[k - 1]!;
  return found;
}
