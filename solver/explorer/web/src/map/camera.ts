// Where a map looks: metres from the corner of the frame to pixels of the drawing, northing upwards.

import { mapView, model } from "../state.ts";
import type { Size } from "../pen.ts";

export interface Camera extends Size {
  x: number;
  y: number;
  /** Metres a pixel. */
  scale: number;
  /** Metres a pixel at which the whole frame is seen. */
  fit: number;
}

const EDGE = 10;

/** The camera of a map of this size: as all maps look, or so that the frame is seen whole. */
export function cameraOf(size: Size): Camera {
  const [wide, high] = model.value.frame.size;
  const fit = Math.max(wide / Math.max(40, size.width - 2 * EDGE), high / Math.max(40, size.height - 2 * EDGE)) || 1;
  const view = mapView.value;
  return {
    width: size.width,
    height: size.height,
    x: view?.x ?? wide / 2,
    y: view?.y ?? high / 2,
    scale: view?.scale ?? fit,
    fit,
  };
}

export const screenX = (c: Camera, x: number): number => c.width / 2 + (x - c.x) / c.scale;
export const screenY = (c: Camera, y: number): number => c.height / 2 - (y - c.y) / c.scale;
export const groundX = (c: Camera, x: number): number => c.x + (x - c.width / 2) * c.scale;
export const groundY = (c: Camera, y: number): number => c.y - (y - c.height / 2) * c.scale;

/** How much larger marks get as the map is drawn nearer. */
export function nearness(c: Camera): number {
  return Math.min(2, Math.max(1, Math.pow(c.fit / c.scale, 0.35)));
}

/** Moved by so many pixels. */
export function moved(c: Camera, right: number, down: number): void {
  const [wide, high] = model.value.frame.size;
  const within = (v: number, most: number) => Math.min(Math.max(v, 0), most);
  mapView.value = {
    x: within(c.x - right * c.scale, wide),
    y: within(c.y + down * c.scale, high),
    scale: c.scale,
  };
}

/** Nearer by a factor, with a point of the drawing kept where it is. */
export function zoomed(c: Camera, factor: number, px = c.width / 2, py = c.height / 2): void {
  const scale = Math.min(c.fit * 1.5, Math.max(c.fit / 400, c.scale / factor));
  const [wide, high] = model.value.frame.size;
  const within = (v: number, most: number) => Math.min(Math.max(v, 0), most);
  mapView.value = {
    x: within(groundX(c, px) - (px - c.width / 2) * scale, wide),
    y: within(groundY(c, py) + (py - c.height / 2) * scale, high),
    scale,
  };
}
