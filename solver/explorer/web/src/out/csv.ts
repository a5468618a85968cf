// Tables as CSV for spreadsheets: numbers with all their digits, a point as decimal sign, headers in the language of the page.

import { decisions, type Model } from "../model.ts";
import { model, notes, shortlist } from "../state.ts";
import { say, told, type Word } from "../words.ts";
import { kindsOf } from "./chosen.ts";

type Cell = string | number | null | undefined;

export function csv(rows: Iterable<readonly Cell[]>): string {
  const lines: string[] = [];
  for (const row of rows) lines.push(row.map(cell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function cell(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  // a text that a spreadsheet would take for a formula is marked as text
  const plain = /^[=+\-@\t\r]/.test(value) && !Number.isFinite(Number(value)) ? `'${value}` : value;
  return /[",\r\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
}

function withUnit(label: string, unit: string): string {
  return unit && unit !== "1" ? `${label} [${unit}]` : label;
}

function proof(m: Model, a: number): string {
  return say(`label.${m.labels[m.label[a]!]}` as Word);
}

/** One row for each alternative. */
export function alternativesCsv(alternatives: ArrayLike<number>): string {
  const m = model.value;
  const listed = new Set(shortlist.value);
  return csv(
    (function* () {
      yield [
        say("out.id"),
        say("out.proof"),
        say("out.distance"),
        say("out.verified"),
        say("out.origin"),
        ...m.objectives.map((o) => withUnit(told(o.label) || o.name, told(o.unit))),
        say("out.shortlisted"),
        say("out.note"),
      ];
      for (let k = 0; k < alternatives.length; k++) {
        const a = alternatives[k]!;
        yield [
          m.ids[a]!,
          proof(m, a),
          m.distance[a]!,
          m.verified[a]!,
          m.origin[a]!,
          ...m.values.map((v) => v[a]!),
          listed.has(a) ? say("out.yes") : "",
          notes.value[m.ids[a]!] ?? "",
        ];
      }
    })(),
  );
}

/** One row for each alternative in each scenario. */
export function scenariosCsv(alternatives: readonly number[]): string {
  const m = model.value;
  const { futures } = m;
  if (!futures) return "";
  return csv(
    (function* () {
      yield [
        say("out.id"),
        say("out.scenario"),
        say("out.scenario title"),
        say("out.probability"),
        ...futures.drivers.map((d) => withUnit(told(d.label) || d.name, told(d.unit))),
        ...futures.measures.map((x) => withUnit(told(x.label) || x.name, told(x.unit))),
      ];
      for (const a of alternatives)
        for (let s = 0; s < futures.names.length; s++)
          yield [
            m.ids[a]!,
            futures.names[s]!,
            told(futures.titles[s]),
            futures.probability[s]!,
            ...futures.drivers.map((d) => (d.words.length ? told(d.words[d.values[s]!]) : d.values[s]!)),
            ...futures.measures.map((x) => x.values[a]![s]!),
          ];
    })(),
  );
}

/** One row for each thing that an alternative decides, and for each amount that it puts somewhere. */
export function decisionsCsv(alternatives: readonly number[]): string {
  const m = model.value;
  return csv(
    (function* () {
      yield (["id", "layer", "feature", "title of", "district", "decided", "name", "today", "amount", "unit"] as const).map((w) =>
        say(`out.${w}`),
      );
      for (const a of alternatives)
        for (const layer of m.layers) {
          const place = (f: number): Cell[] => [
            m.ids[a]!,
            told(layer.label) || layer.name,
            layer.ids[f]!,
            layer.titles[f]!,
            layer.group ? layer.groups[layer.group[f]!] : "",
          ];
          const label = (k: number) => told(layer.kinds[k]!.label) || layer.kinds[k]!.name;
          if (layer.classes) {
            const now = decisions(layer, a);
            for (let f = 0; f < now.length; f++)
              yield [...place(f), label(now[f]!), layer.kinds[now[f]!]!.name, label(layer.classes.today[f]!), "", ""];
          } else {
            const kinds = kindsOf(layer, a);
            for (let f = 0; f < kinds.length; f++)
              for (const k of kinds[f]!) yield [...place(f), label(k), layer.kinds[k]!.name, "", "", ""];
          }
          for (const amount of layer.amounts)
            for (let k = 0; k < amount.feature.length; k++) {
              const value = amount.values[a]![k]!;
              if (value)
                yield [...place(amount.feature[k]!), told(amount.label) || amount.name, amount.name, "", value, told(amount.unit)];
            }
        }
    })(),
  );
}
