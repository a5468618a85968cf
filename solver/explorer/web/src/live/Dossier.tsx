// The button for the dossier of an alternative, and what it opens.

import { useRef, useState } from "preact/hooks";
import { whole } from "../format.ts";
import { model } from "../state.ts";
import { say, told } from "../words.ts";
import { connected } from "./client.ts";
import { command, outcome, write, writing } from "./dossier.ts";

export function DossierButton({ id }: { id: string }) {
  const [shown, setShown] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button ref={button} type="button" class="dossier" aria-haspopup="dialog" title={say("live.dossier why")} onClick={() => setShown(true)}>
        {say("live.dossier")}
      </button>
      {shown && (
        <Dialog
          id={id}
          onClose={() => {
            setShown(false);
            button.current?.focus();
          }}
        />
      )}
    </>
  );
}

function Dialog({ id, onClose }: { id: string; onClose: () => void }) {
  const show = (box: HTMLDialogElement | null) => {
    if (!box || box.open) return;
    if (!writing.value) outcome.value = null;
    box.showModal();
  };
  return (
    <dialog ref={show} class="out-dialog dossier-dialog" aria-labelledby="dossier-title" onClose={onClose}>
      <div class="head">
        <h2 id="dossier-title">{say("live.dossier of", { id })}</h2>
        <button type="button" onClick={(event) => event.currentTarget.closest("dialog")!.close()}>
          {say("shell.close")}
        </button>
      </div>
      <p>{say(model.value.about.kind === "land" ? "live.dossier land" : "live.dossier what")}</p>
      {connected.value ? <Write id={id} /> : <Command id={id} />}
    </dialog>
  );
}

/** Offline: how to have it written. */
function Command({ id }: { id: string }) {
  const [copied, setCopied] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command(id));
      setCopied(say("live.dossier copied"));
    } catch {
      // not allowed in files and frames everywhere: then the reader copies it
      field.current?.focus();
      field.current?.select();
      setCopied(say("live.dossier copy yourself"));
    }
  };
  return (
    <>
      <p>{say("live.dossier offline")}</p>
      <p class="row">
        <input ref={field} type="text" readOnly value={command(id)} aria-label={say("live.dossier command")} onFocus={(event) => event.currentTarget.select()} />
        <button type="button" onClick={() => void copy()}>
          {say("live.dossier copy")}
        </button>
      </p>
      <p class="fine">{say("live.dossier run")}</p>
      <p class="news" role="status">
        {copied}
      </p>
    </>
  );
}

function Write({ id }: { id: string }) {
  const now = writing.value;
  const land = model.value.about.kind === "land";
  const said = outcome.value;
  return (
    <>
      <p class="row">
        <button type="button" class="main" disabled={now !== null} onClick={() => void write(id, false)}>
          {say(land ? "live.dossier make" : "live.dossier whole")}
        </button>
        {!land && (
          <button type="button" disabled={now !== null} onClick={() => void write(id, true)}>
            {say("live.dossier quick")}
          </button>
        )}
      </p>
      {!land && <p class="fine">{say("live.dossier takes")}</p>}
      {now && (
        <div class="writing">
          <progress max={now.total || 1} value={now.total ? now.done : undefined} aria-label={say("live.dossier progress", { id: now.id })} />
          <span class="fine">
            {now.total > 0
              ? say("live.dossier reasons", { id: now.id, done: whole(now.done), total: whole(now.total), seconds: whole(now.seconds) })
              : say("live.dossier writing", { id: now.id, seconds: whole(now.seconds) })}
          </span>
        </div>
      )}
      <div class="news" role="status">
        {said && "saved" in said && say("live.dossier saved", { name: said.saved })}
        {said && "faults" in said && (
          <>
            {say("live.dossier failed")} {said.faults.map((fault) => told(fault)).join(" ") || say("live.dossier no answer")}
          </>
        )}
      </div>
    </>
  );
}
