import type { Shown } from "./MapFigure.tsx";

export function Legend({ shown }: { shown: () => Shown }) {
  void shown;
  return <div />;
}
