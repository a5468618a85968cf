// Shapes as GeoPackage keeps them: a head with the extent, then well-known binary, in the coordinates of the CRS.

import type { Shapes } from "../model.ts";

interface Ground {
  corner: readonly [number, number];
  step: number;
}

interface Geometries {
  /** POINT, MULTIPOLYGON, ... */
  type: string;
  /** Least and greatest easting and northing. */
  extent: [number, number, number, number];
  /** Of one feature; null where it has no shape. */
  of: (feature: number) => Uint8Array | null;
}

const CODE = { point: 1, line: 2, polygon: 3 } as const;
const NAME = { point: "POINT", line: "LINESTRING", polygon: "POLYGON" } as const;

/** Where the parts of each feature begin. Parts are in order of their features. */
export function geometries(shapes: Shapes, features: number, srs: number, ground: Ground): Geometries {
  const { owner, start, kind } = shapes;
  const first = new Uint32Array(features + 1);
  for (let part = 0; part < owner.length; part++) first[owner[part]! + 1]!++;
  for (let f = 0; f < features; f++) first[f + 1]! += first[f]!;
  // the numbers of the page are singles; the step tells which place was meant
  const x = (k: number) => ground.corner[0] + Math.round(shapes.x[k]! / ground.step) * ground.step;
  const y = (k: number) => ground.corner[1] + Math.round(shapes.y[k]! / ground.step) * ground.step;
  const twice = (part: number) => turning(shapes, start[part]!, start[part + 1]!);

  /** Rings of each polygon, or parts of a line or point one by one. */
  const groups = (feature: number): number[][] => {
    const found: number[][] = [];
    for (let part = first[feature]!; part < first[feature + 1]!; part++) {
      if (kind !== "polygon" || !found.length) found.push([part]);
      else {
        const area = twice(part);
        if (area < 0) found[found.length - 1]!.push(part);
        // a ring that lost its area in the rounding bounds nothing
        else if (area > 0) found.push([part]);
      }
    }
    return found;
  };
  let many = false;
  for (let f = 0; f < features && !many; f++) many = groups(f).length > 1;

  const extent: [number, number, number, number] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let k = 0; k < shapes.x.length; k++) widen(extent, x(k), y(k));

  const of = (feature: number): Uint8Array | null => {
    const parts = groups(feature);
    if (!parts.length) return null;
    const box: [number, number, number, number] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let k = start[first[feature]!]!; k < start[first[feature + 1]!]!; k++) widen(box, x(k), y(k));
    const into = new Octets();
    into.bytes(0x47, 0x50, 0, 0b11); // GP, version 1, extent in x and y, little-endian
    into.int(srs);
    for (const v of box) into.double(v);
    if (many) {
      into.byteAndInt(CODE[kind] + 3);
      into.int(parts.length);
    }
    for (const part of parts) {
      into.byteAndInt(CODE[kind]);
      if (kind === "polygon") into.int(part.length);
      for (const ring of part) {
        const [from, to] = [start[ring]!, start[ring + 1]!];
        if (kind !== "point") into.int(to - from + Number(kind === "polygon"));
        for (let k = from; k < to; k++) into.place(x(k), y(k));
        if (kind === "polygon") into.place(x(from), y(from));
      }
    }
    return into.done();
  };
  return { type: (many ? "MULTI" : "") + NAME[kind], extent, of };
}

/** Twice the area of a ring, positive where it runs counter-clockwise. */
function turning({ x, y }: Shapes, from: number, to: number): number {
  let sum = 0;
  for (let k = from, before = to - 1; k < to; before = k++) sum += x[before]! * y[k]! - x[k]! * y[before]!;
  return sum;
}

function widen(box: [number, number, number, number], x: number, y: number): void {
  if (x < box[0]) box[0] = x;
  if (x > box[1]) box[1] = x;
  if (y < box[2]) box[2] = y;
  if (y > box[3]) box[3] = y;
}

class Octets {
  private store = new DataView(new ArrayBuffer(512));
  private size = 0;

  private room(more: number): number {
    const at = this.size;
    this.size += more;
    if (this.size > this.store.byteLength) {
      const wider = new Uint8Array(2 * this.size);
      wider.set(new Uint8Array(this.store.buffer));
      this.store = new DataView(wider.buffer);
    }
    return at;
  }

  bytes(...values: number[]): void {
    for (const value of values) {
      const at = this.room(1);
      this.store.setUint8(at, value);
    }
  }

  int(value: number): void {
    const at = this.room(4);
    this.store.setInt32(at, value, true);
  }

  double(value: number): void {
    const at = this.room(8);
    this.store.setFloat64(at, value, true);
  }

  /** Order of octets and kind of a geometry. */
  byteAndInt(value: number): void {
    this.bytes(1);
    this.int(value);
  }

  place(x: number, y: number): void {
    this.double(x);
    this.double(y);
  }

  done(): Uint8Array {
    return new Uint8Array(this.store.buffer, 0, this.size);
  }
}
