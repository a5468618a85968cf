// A drawing on the page: a canvas as sharp as the screen, drawn anew whenever a signal changes that its paint reads.
// Every figure on view is known by name, so that it can be saved as PNG or SVG (out/).

import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { CanvasHTMLAttributes, ComponentChildren } from "preact";
import type { Pen, Size } from "./pen.ts";

export type Paint = (pen: Pen, size: Size) => void;

/** Figures on view in the order of the page. */
export const figures = signal<
  readonly { name: string; title: () => string; paint: Paint; canvas: HTMLCanvasElement; legend?: () => readonly LegendItem[] }[]
>([]);

/** A mark and what it stands for, where the legend stands beside the canvas and has to go along when it is saved. */
export interface LegendItem {
  label: string;
  /** Draws the mark into a box of this size. */
  mark: Paint;
}

export interface FigureProps {
  /** Stable name, used for files. */
  name: string;
  /** What it shows, for screen readers and as a heading when it is saved. */
  title: () => string;
  paint: Paint;
  /** Paints on the screen, where that is quicker another way; the result has to look like `paint`. */
  quick?: (context: CanvasRenderingContext2D, size: Size, ratio: number) => void;
  /** What a saved figure needs to be read, if that is not on the canvas. */
  legend?: () => readonly LegendItem[];
  /** Props of the canvas: pointer and key handlers, role, tabIndex, ... */
  canvas?: CanvasHTMLAttributes<HTMLCanvasElement>;
  class?: string;
  /** Lies over the canvas: handles, tips. */
  children?: ComponentChildren;
}

export function Figure({ name, title, paint, quick, legend, canvas, class: kind, children }: FigureProps) {
  const frame = useRef<HTMLDivElement>(null);
  const surface = useRef<HTMLCanvasElement>(null);
  // the latest of each, without drawing again because a parent was rendered
  const now = useRef({ paint, quick, title, legend });
  now.current = { paint, quick, title, legend };

  useEffect(() => {
    const box = frame.current!;
    const target = surface.current!;
    const context = target.getContext("2d")!;
    const size = signal<Size & { ratio: number }>({ width: 0, height: 0, ratio: 1 });
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = box;
      const ratio = window.devicePixelRatio || 1;
      const old = size.peek();
      if (old.width !== width || old.height !== height || old.ratio !== ratio) size.value = { width, height, ratio };
    };
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    measure();
    const stop = effect(() => {
      const { width, height, ratio } = size.value;
      if (!width || !height) return;
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (target.width !== w || target.height !== h) [target.width, target.height] = [w, h];
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, w, h);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.globalAlpha = 1;
      if (now.current.quick) now.current.quick(context, { width, height }, ratio);
      else now.current.paint(context, { width, height });
    });
    const entry = {
      name,
      title: () => now.current.title(),
      paint: (pen: Pen, s: Size) => now.current.paint(pen, s),
      canvas: target,
      legend: () => now.current.legend?.() ?? [],
    };
    figures.value = [...figures.peek(), entry];
    return () => {
      stop();
      watch.disconnect();
      figures.value = figures.peek().filter((f) => f !== entry);
    };
  }, [name]);

  return (
    <div ref={frame} class={`figure ${kind ?? ""}`}>
      <canvas ref={surface} data-figure={name} role="img" aria-label={title()} {...canvas} />
      {children}
    </div>
  );
}

/** At most once a frame, with the latest arguments. */
export function perFrame<T extends unknown[]>(work: (...given: T) => void): (...given: T) => void {
  let waiting: T | null = null;
  return (...given) => {
    if (waiting === null)
      requestAnimationFrame(() => {
        const latest = waiting!;
        waiting = null;
        work(...latest);
      });
    waiting = given;
  };
}
