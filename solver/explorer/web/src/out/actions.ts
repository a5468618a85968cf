// What each button of the menu does.

import { figures } from "../figure.tsx";
import { written } from "../hash.ts";
import { lang, model, selection, view } from "../state.ts";
import { say } from "../words.ts";
import { fileName, outgoing } from "./chosen.ts";
import { alternativesCsv, decisionsCsv, scenariosCsv } from "./csv.ts";
import { breather, deliver, drawn, framed, news, textFile } from "./deliver.ts";
import { geopackage } from "./geopackage.ts";
import { notesFile, takeNotes } from "./notesfile.ts";
import { copyOfPage } from "./session.ts";
import { type Picture, png, sheet, svg } from "./sheet.ts";
import { frontLegend, headingOf, legendOf, sharedLegend } from "./swatch.ts";

type Entry = (typeof figures.value)[number];

/** Runs something that makes a file, and says what came of it. */
async function making(what: string, ending: string, make: () => Blob | Promise<Blob>): Promise<void> {
  const name = fileName(model.value, what, ending);
  news.value = say("out.making", { name });
  await drawn();
  try {
    deliver(await make(), name);
    news.value = say("out.saved", { name }) + (framed ? ` ${say("out.framed")}` : "");
  } catch (error) {
    news.value = say("out.failed", { name, why: error instanceof Error ? error.message : String(error) });
  }
}

const table = (text: string) => textFile(text, "text/csv", true);
const all = () => Uint32Array.from({ length: model.value.count }, (_, k) => k);

export const saveShortlist = () => making("shortlist", "csv", () => table(alternativesCsv(outgoing())));
export const saveSelection = () => making("selection", "csv", () => table(alternativesCsv(selection.value)));
export const saveAll = () => making("alternatives", "csv", () => table(alternativesCsv(all())));
export const saveScenarios = () => making("scenarios", "csv", () => table(scenariosCsv(outgoing())));
export const saveDecisions = () => making("decisions", "csv", () => table(decisionsCsv(outgoing())));
export const saveNotes = () => making("notes", "json", () => textFile(notesFile(), "application/json"));
export const saveGeopackage = () => making("map", "gpkg", () => geopackage(breather()));
export const savePage = () => making(`explorer-${lang.value}`, "html", () => textFile(copyOfPage(), "text/html"));

export async function loadNotes(file: File): Promise<void> {
  news.value = takeNotes(await file.text());
}

/** A figure as a picture for a sheet. */
function picture(entry: Entry): Picture {
  const { clientWidth: width, clientHeight: height } = entry.canvas;
  const own = entry.legend?.() ?? [];
  return {
    title: nameOf(entry),
    caption: sentence(entry.title()),
    paint: entry.paint,
    size: { width, height },
    legend: own.length ? own : /^(axes|scatter)$/.test(entry.name) ? frontLegend() : legendOf(entry.canvas),
  };
}

/** As short as it stands on the page. */
export function nameOf(entry: Entry): string {
  return headingOf(entry.canvas) || sentence(entry.title());
}

/** The first sentence: those behind it speak of the page, not of the figure. */
function sentence(text: string): string {
  return /^.*?(?=[.;]\s|[。；]|[.]$|$)/.exec(text)?.[0] || text;
}

/** Figures on view that have an extent, in the order of the page. */
export function drawable(): Entry[] {
  const found = figures.value.filter((f) => f.canvas.clientWidth > 0 && f.canvas.clientHeight > 0);
  return found.sort((a, b) => (a.canvas.compareDocumentPosition(b.canvas) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}

/** One figure, or with null all that are on view. */
export function savePicture(entry: Entry | null, ending: "png" | "svg"): Promise<void> {
  const all = drawable();
  const pictures = (entry ? [entry] : all).map(picture);
  // a figure with a legend of its own needs none of those that others share
  const shown = sheet(pictures, entry && pictures[0]!.legend.length ? [] : sharedLegend(all.map((f) => f.canvas)));
  return making(entry?.name ?? view.value, ending, () =>
    ending === "png" ? png(shown) : new Blob([svg(shown)], { type: "image/svg+xml" }),
  );
}

/** Address of the page with the view in it; the part behind # alone where the page has no address. */
export function link(): string {
  const hash = `#${written()}`;
  return location.protocol === "about:" ? hash : location.href.replace(/#.*$/, "") + hash;
}

export async function copyLink(field: HTMLInputElement | null): Promise<void> {
  const text = link();
  try {
    if (framed) throw new Error("frames may not use the clipboard, and asking is a fault on the console");
    await navigator.clipboard.writeText(text);
    news.value = say("out.copied");
  } catch {
    // not allowed in files and frames everywhere: then the reader copies it
    field?.focus();
    field?.select();
    news.value = say("out.copy yourself");
  }
}
