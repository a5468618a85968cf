// A map of what an alternative does, of how two differ, or of how often things are chosen.

/** What a map shows. */
export type Shown =
  | { kind: "alternative"; alternative: number }
  | { kind: "difference"; from: number; to: number }
  | { kind: "frequency"; alternatives: Uint32Array };

export interface MapFigureProps {
  name: string;
  title: () => string;
  shown: () => Shown;
  /** A click on a feature sets what a live solve is told about it. */
  force?: boolean;
  class?: string;
}

export function MapFigure({ name, title, shown, force, class: kind }: MapFigureProps) {
  void [name, title, shown, force, kind];
  return <div />;
}
