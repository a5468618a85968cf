// The whole view in the address, so that a link opens what somebody saw. Alternatives stand by id and objectives by
// name, which outlive a front that is made again; the digest tells when they were those of another one.

import { batch, effect, signal } from "@preact/signals";
import { chosen } from "./robustness/state.ts";
import * as state from "./state.ts";

/** Digest of the front that the link was made on, where it is not this one. */
export const foreign = signal("");

// every digit: a limit that is the value of an alternative has to keep that alternative
const brief = (value: number): string => String(value);
/** In a form that may stand between the signs that part a list. */
const safe = (word: string): string => encodeURIComponent(word).replace(/!/g, "%21").replace(/\*/g, "%2A");

/** What stands behind the #. */
export function written(): string {
  const m = state.model.value;
  const id = (a: number | null) => (a === null ? "" : encodeURIComponent(m.ids[a]!));
  const name = (k: number) => safe(m.objectives[k]?.name ?? "");
  const parts: [string, string][] = [
    ["d", m.about.digest.slice(0, 8)],
    ["v", state.view.value],
    ["l", state.lang.value],
    ["a", id(state.current.value)],
  ];
  const put = (key: string, text: string) => text && parts.push([key, text]);
  put(
    "b",
    state.limits.value
      .flatMap(([low, high], k) =>
        low === null && high === null
          ? []
          : [`${name(k)}:${low === null ? "" : brief(low)}~${high === null ? "" : brief(high)}`],
      )
      .join(","),
  );
  const goals = state.goals.value.flatMap((g, k) => (g === null ? [] : [`${name(k)}:${brief(g)}`])).join(",");
  // the study's own goals come back by themselves, unless the link says that there are none
  if (goals || m.objectives.some((o) => o.goal !== null)) parts.push(["g", goals]);
  if (state.slots.value.some((a) => a !== null)) put("c", state.slots.value.map(id).join(","));
  put("s", state.shortlist.value.map(id).join(","));
  put("k", name(state.colourBy.value));
  put("x", state.scatterAxes.value.map(name).join(",") + (state.solid.value ? ",3" : ""));
  if (state.solid.value) put("r", state.turn.value.map((v) => Number(v.toFixed(3))).join(","));
  put("o", state.axes.value.map(name).join(","));
  const { by, down } = state.sorted.value;
  // what is no objective stands by its number: see explore/tableRows.ts
  if (by !== -1 || down) put("t", `${by < -1 ? `~${-by}` : by < 0 ? "" : name(by)}${down ? "!" : ""}`);
  const where = state.mapView.value;
  if (where) put("m", [where.x, where.y, where.scale].map((v) => Number(v.toPrecision(6))).join(","));
  if (state.scenario.value >= 0) put("h", encodeURIComponent(m.futures?.names[state.scenario.value] ?? ""));
  put("n", [...state.hidden.value].map(encodeURIComponent).join(","));
  if (m.futures?.measures.length) put("e", encodeURIComponent(m.futures.measures[state.measure.value]!.name));
  // a limit on a measure in every scenario; nothing behind the colon where the reader wants none
  put("q", [...chosen.value].map(([what, most]) => `${encodeURIComponent(what)}:${most === null ? "" : brief(most)}`).join(","));
  put("f", [...state.forced.value].map(([where, what]) => `${encodeURIComponent(where)}:${what}`).join(","));
  return parts.map(([key, text]) => `${key}=${text}`).join("&");
}

/** Take over what the text says; what does not fit this front is left as it is. */
export function read(text: string): void {
  const m = state.model.value;
  const given = new Map(
    text
      .replace(/^#/, "")
      .split("&")
      .filter((part) => part.includes("="))
      .map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)] as const),
  );
  const plain = (word: string) => {
    try {
      return decodeURIComponent(word);
    } catch {
      return word; // cut off in a mail: better a part of the view than none
    }
  };
  const list = (key: string) => (given.get(key) ?? "").split(",").filter(Boolean);
  const alternative = (word: string) => m.at.get(plain(word)) ?? -1;
  const objective = (word: string) => m.objectives.findIndex((o) => o.name === plain(word));
  const finite = (word: string | undefined) => (word && Number.isFinite(Number(word)) ? Number(word) : null);
  const digest = given.get("d") ?? "";
  // a whole view (it has a digest) leaves out what is empty in it
  const has = (key: string) => given.has(key) || digest !== "";
  batch(() => {
    foreign.value = digest && digest !== m.about.digest.slice(0, 8) ? digest : "";
    const wanted = given.get("v") as state.View;
    if (state.VIEWS.includes(wanted)) state.view.value = wanted;
    if (given.get("l") === "en" || given.get("l") === "zh") state.lang.value = given.get("l") as "en" | "zh";
    if (alternative(given.get("a") ?? "") >= 0) state.current.value = alternative(given.get("a")!);
    if (has("b")) {
      const found = m.objectives.map(() => [null, null] as state.Limit);
      for (const part of list("b")) {
        const [word, range] = part.split(":");
        const k = objective(word!);
        const [low, high] = (range ?? "").split("~");
        if (k >= 0) found[k] = [finite(low), finite(high)];
      }
      state.limits.value = found;
    }
    if (has("g")) {
      const found = m.objectives.map((): number | null => null);
      for (const part of list("g")) {
        const [word, value] = part.split(":");
        if (objective(word!) >= 0) found[objective(word!)] = finite(value);
      }
      state.goals.value = found;
    }
    if (has("c")) {
      const words = (given.get("c") ?? "").split(",");
      state.slots.value = state.SLOTS.map((_, k) => {
        const at = words[k] ? alternative(words[k]) : -1;
        return at < 0 ? null : at;
      });
    }
    if (has("s")) state.shortlist.value = list("s").map(alternative).filter((a) => a >= 0);
    if (objective(given.get("k") ?? "") >= 0) state.colourBy.value = objective(given.get("k")!);
    if (given.has("x")) {
      const [x, y, z] = list("x").slice(0, 3).map(objective);
      if (x! >= 0 && y! >= 0 && z! >= 0) state.scatterAxes.value = [x!, y!, z!];
      state.solid.value = list("x")[3] === "3";
    }
    const turn = list("r").map(Number);
    if (turn.length === 2 && turn.every(Number.isFinite)) state.turn.value = [turn[0]!, turn[1]!];
    if (given.has("o")) {
      const found = [...new Set(list("o").map(objective).filter((k) => k >= 0))];
      if (found.length) state.axes.value = found;
    }
    if (has("t")) {
      const word = given.get("t") ?? "";
      const column = /^~([23])!?$/.exec(word);
      const by = column ? -Number(column[1]) : word ? objective(word.replace(/!$/, "")) : -1;
      state.sorted.value = { by, down: word.endsWith("!") };
    }
    const where = list("m").map(Number);
    if (where.length === 3 && where.every(Number.isFinite) && where[2]! > 0)
      state.mapView.value = { x: where[0]!, y: where[1]!, scale: where[2]! };
    else if (digest) state.mapView.value = null;
    if (has("h")) state.scenario.value = m.futures?.names.indexOf(plain(given.get("h") ?? "")) ?? -1;
    if (has("n")) state.hidden.value = new Set(list("n").map(plain));
    if (has("e") && m.futures)
      state.measure.value = Math.max(0, m.futures.measures.findIndex((x) => x.name === plain(given.get("e") ?? "")));
    if (has("q")) {
      const known = new Set(m.futures?.measures.map((x) => x.name));
      chosen.value = new Map(
        list("q").flatMap((part) => {
          const at = part.lastIndexOf(":");
          const [what, most] = [plain(part.slice(0, at)), part.slice(at + 1)];
          return at > 0 && known.has(what) && (most === "" || finite(most) !== null) ? [[what, finite(most)] as const] : [];
        }),
      );
    }
    if (has("f"))
      state.forced.value = new Map(
        list("f").flatMap((part) => {
          const at = part.lastIndexOf(":");
          const what = Number(part.slice(at + 1));
          return at > 0 && Number.isInteger(what) ? [[plain(part.slice(0, at)), what] as const] : [];
        }),
      );
  });
}

/** Keep the address in step with the view from now on. */
export function follow(): void {
  let last = "";
  effect(() => {
    const text = written();
    if (state.dragging.value || text === last) return;
    last = text;
    try {
      history.replaceState(null, "", `#${text}`);
    } catch {
      // inside a notebook a page has no address of its own
    }
  });
  addEventListener("hashchange", () => {
    if (location.hash.slice(1) !== last) read(location.hash);
  });
}
