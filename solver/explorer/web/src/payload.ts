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

function octetsOf(text: string): Uint8Array {
  const raw = atob(text);
  const found = new Uint8Array(raw.length);
  for (let k = 0; k < raw.length; k++) found[k] = raw.charCodeAt(k);
  return found;
}

async function gunzip(octets: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([octets as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The numbers of a block, row by row. Little-endian, as every machine is that runs a browser today. */
export async function unblock(told: Block): Promise<Numbers> {
  let octets = octetsOf(told.data);
  if (told.codec === "gzip") octets = await gunzip(octets);
  const Kind = ARRAYS[told.dtype];
  const size = Kind.BYTES_PER_ELEMENT;
  if (told.shuffle) {
    const count = octets.length / size;
    const sorted = new Uint8Array(octets.length);
    for (let b = 0; b < size; b++) for (let k = 0; k < count; k++) sorted[k * size + b] = octets[b * count + k]!;
    octets = sorted;
  }
  const found = new Kind(octets.buffer as ArrayBuffer, octets.byteOffset, octets.length / size);
  if (told.delta) for (let k = 1; k < found.length; k++) found[k] = found[k]! + found[k - 1]!;
  return found;
}
