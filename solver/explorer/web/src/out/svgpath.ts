// Places and arcs of SVG paths under a transform.

/** As in SVG: x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [number, number, number, number, number, number];

export function multiplied([a, b, c, d, e, f]: Matrix, [p, q, r, s, t, u]: Matrix): Matrix {
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

/** A place to a hundredth of a pixel. */
export function placed([a, b, c, d, e, f]: Matrix, x: number, y: number): string {
  return `${brief(a * x + c * y + e)} ${brief(b * x + d * y + f)}`;
}

/** By how much lines grow. */
export function widthOf([a, b, c, d]: Matrix): number {
  return Math.sqrt(Math.abs(a * d - b * c));
}

function brief(value: number): string {
  return String(Math.round(value * 100) / 100);
}

interface Arc {
  start: [number, number];
  pieces: string[];
  end: [number, number];
}

/** The canvas's arc: whole circles as two halves, and as curves where the transform makes ellipses of circles. */
export function arcPath(m: Matrix, x: number, y: number, radius: number, from: number, to: number, counter: boolean): Arc {
  const turn = 2 * Math.PI;
  let sweep = counter ? from - to : to - from;
  sweep = sweep >= turn ? turn : ((sweep % turn) + turn) % turn;
  const sign = counter ? -1 : 1;
  const at = (share: number): [number, number] => {
    const angle = from + sign * sweep * share;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  };
  const [a, b, c, d] = m;
  const near = (p: number, q: number) => Math.abs(p - q) < 1e-9 * (Math.abs(p) + Math.abs(q) + 1e-9);
  const pieces: string[] = [];
  if (near(a, d) && near(b, -c)) {
    const long = brief(radius * widthOf(m));
    // two arcs, each of half a turn at most: SVG draws no arc from a place to itself
    for (const share of [0.5, 1])
      pieces.push(`A${long} ${long} 0 0 ${counter ? 0 : 1} ${placed(m, ...at(share))}`);
  } else {
    const count = Math.max(1, Math.ceil(sweep / (Math.PI / 2)));
    const step = (sign * sweep) / count;
    const reach = (4 / 3) * Math.tan(step / 4) * radius;
    for (let k = 0; k < count; k++) {
      const [p, q] = [from + step * k, from + step * (k + 1)];
      const [x0, y0] = [x + radius * Math.cos(p), y + radius * Math.sin(p)];
      const [x1, y1] = [x + radius * Math.cos(q), y + radius * Math.sin(q)];
      const first = placed(m, x0 - reach * Math.sin(p), y0 + reach * Math.cos(p));
      const second = placed(m, x1 + reach * Math.sin(q), y1 - reach * Math.cos(q));
      pieces.push(`C${first} ${second} ${placed(m, x1, y1)}`);
    }
  }
  return { start: at(0), pieces, end: at(1) };
}
