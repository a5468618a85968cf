// Everything that leaves the page, behind two buttons of the header: the shortlist with its notes, and files and links.

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { model, selection, shortlist, view } from "../state.ts";
import { say } from "../words.ts";
import * as actions from "./actions.ts";
import { outgoing } from "./chosen.ts";
import { news } from "./deliver.ts";
import { PrintHead } from "./PrintHead.tsx";
import { Shortlist } from "./Shortlist.tsx";

export function OutMenu() {
  const [open, setOpen] = useState<"" | "shortlist" | "save">("");
  const count = shortlist.value.length;
  return (
    <div class="out">
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen("shortlist")}>
        {say("out.shortlist button", { count })}
      </button>
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen("save")}>
        {say("out.button")}
      </button>
      {open === "shortlist" && (
        <Dialog title={say("out.shortlist")} onClose={() => setOpen("")}>
          <Shortlist />
          <p class="row">
            <button type="button" disabled={!count} onClick={() => compare(() => setOpen(""))}>
              {say("out.compare")}
            </button>
            <button type="button" onClick={() => setOpen("save")}>
              {say("out.button")}
            </button>
          </p>
        </Dialog>
      )}
      {open === "save" && (
        <Dialog title={say("out.title")} onClose={() => setOpen("")}>
          <Save onPrint={() => setOpen("")} />
        </Dialog>
      )}
      <PrintHead />
    </div>
  );
}

function compare(close: () => void): void {
  close();
  view.value = "compare";
}

function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const opened = useRef<Element | null>(null);
  const show = (box: HTMLDialogElement | null) => {
    if (!box || box.open) return;
    opened.current = document.activeElement;
    news.value = "";
    box.showModal();
  };
  return (
    <dialog
      ref={show}
      class="out-dialog"
      aria-labelledby="out-title"
      onClose={() => {
        onClose();
        (opened.current as HTMLElement | null)?.focus?.();
      }}
    >
      <div class="head">
        <h2 id="out-title">{title}</h2>
        <button type="button" onClick={(e) => e.currentTarget.closest("dialog")!.close()}>
          {say("shell.close")}
        </button>
      </div>
      {children}
      <p class="news" role="status">
        {news.value}
      </p>
    </dialog>
  );
}

function Save({ onPrint }: { onPrint: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const chosen = useRef<HTMLInputElement>(null);
  const m = model.value;
  const shown = actions.drawable();
  const going = outgoing().length;
  const which = shortlist.value.length ? say("out.of shortlist", { count: going }) : say("out.of compared", { count: going });
  return (
    <>
      <section>
        <h3>{say("out.share")}</h3>
        <p class="row">
          <input ref={field} type="text" readOnly value={actions.link()} aria-label={say("out.link")} onFocus={(e) => e.currentTarget.select()} />
          <Do label="out.copy link" act={() => actions.copyLink(field.current)} />
        </p>
        <p class="fine">{say(location.protocol === "file:" ? "out.link of file" : location.protocol === "about:" ? "out.link of frame" : "out.link of page")}</p>
        <p class="row">
          <Do label="out.copy page" act={actions.savePage} />
          <span class="fine">{say("out.copy page why")}</span>
        </p>
      </section>
      <section>
        <h3>{say("out.tables")}</h3>
        <p class="fine">{which}</p>
        <p class="row">
          <Do label="out.csv shortlist" act={actions.saveShortlist} />
          {m.futures && <Do label="out.csv scenarios" act={actions.saveScenarios} />}
          {m.layers.length > 0 && <Do label="out.csv decisions" act={actions.saveDecisions} />}
        </p>
        <p class="row">
          <button type="button" onClick={actions.saveSelection}>
            {say("out.csv selection", { count: selection.value.length })}
          </button>
          <button type="button" onClick={actions.saveAll}>
            {say("out.csv all", { count: m.count })}
          </button>
        </p>
      </section>
      {m.layers.length > 0 && (
        <section>
          <h3>{say("out.gis")}</h3>
          <p class="row">
            <Do label="out.geopackage" act={actions.saveGeopackage} />
            <span class="fine">{say("out.geopackage why")}</span>
          </p>
        </section>
      )}
      <section>
        <h3>{say("out.pictures")}</h3>
        <ul class="pictures">
          {shown.length > 1 && <PictureRow title={say("out.whole view", { view: say(`view.${view.value}`) })} entry={null} />}
          {shown.map((entry) => (
            <PictureRow key={entry.name} title={actions.nameOf(entry)} entry={entry} />
          ))}
        </ul>
        <p class="row">
          <button type="button" onClick={() => print(onPrint)}>
            {say("out.print")}
          </button>
        </p>
      </section>
      <section>
        <h3>{say("out.notes file")}</h3>
        <p class="row">
          <Do label="out.notes save" act={actions.saveNotes} />
          <Do label="out.notes load" act={() => chosen.current!.click()} />
          <input
            ref={chosen}
            hidden
            type="file"
            accept=".json,application/json"
            aria-label={say("out.notes load")}
            onChange={(e) => {
              const file = e.currentTarget.files?.[0];
              if (file) void actions.loadNotes(file);
              e.currentTarget.value = "";
            }}
          />
        </p>
      </section>
    </>
  );
}

type Label = Extract<Parameters<typeof say>[0], `out.${string}`>;

function Do({ label, act }: { label: Label; act: () => unknown }) {
  return (
    <button type="button" onClick={() => void act()}>
      {say(label)}
    </button>
  );
}

function PictureRow({ title, entry }: { title: string; entry: Parameters<typeof actions.savePicture>[0] }) {
  return (
    <li>
      <span>{title}</span>
      {(["png", "svg"] as const).map((ending) => (
        <button
          key={ending}
          type="button"
          aria-label={say("out.picture as", { title, kind: ending.toUpperCase() })}
          onClick={() => void actions.savePicture(entry, ending)}
        >
          {ending.toUpperCase()}
        </button>
      ))}
    </li>
  );
}

/** The dialog closes first, or it would be what is printed. */
function print(close: () => void): void {
  close();
  setTimeout(() => window.print(), 50);
}
