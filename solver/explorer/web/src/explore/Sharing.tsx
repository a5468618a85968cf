// What the alternatives within the limits have in common, beside how often that is so among all.

import { useSignal, useSignalEffect } from "@preact/signals";
import { percent, whole } from "../format.ts";
import { dragging, limited, model, settled } from "../state.ts";
import { say, told } from "../words.ts";
import { whenIdle } from "./idle.ts";
import { type SharedAll, sharedAmong, type SharedClasses } from "./shared.ts";

const SHOWN = 7;
const MORE = 60;

interface Line {
  key: string;
  name: string;
  kind: string;
  here: number;
  all: number;
}

export function Sharing() {
  const found = useSignal<SharedAll | null>(null);
  const busy = useSignal(false);
  useSignalEffect(() => {
    if (dragging.value) return;
    const [m, positions, narrowed] = [model.value, settled.value, limited.value];
    if (!narrowed || !positions.length) {
      found.value = null;
      busy.value = false;
      return;
    }
    busy.value = true;
    return whenIdle(function* () {
      yield* sharedAmong(m, positions, (shared) => {
        found.value = shared;
        busy.value = false;
      });
    });
  });
  const n = settled.value.length;
  return (
    <section class="card shared" aria-label={say("common.heading")} aria-busy={busy.value}>
      <header>
        <h2>{say("common.heading")}</h2>
        {limited.value && n > 0 && (
          <p class="fine bars-key">
            <span class="here">{say("common.here", { n: whole(n) })}</span>
            <span class="all">{say("common.all", { n: whole(model.value.count) })}</span>
          </p>
        )}
      </header>
      {!limited.value ? (
        <p class="quiet">{say("common.no limits")}</p>
      ) : !n ? (
        <p class="quiet">{say("common.nothing")}</p>
      ) : found.value ? (
        <Found found={found.value} />
      ) : (
        <p class="quiet">{say("common.counting")}</p>
      )}
    </section>
  );
}

function Found({ found }: { found: SharedAll }) {
  const lines = (which: "differs" | "always" | "never"): Line[] =>
    found.choices
      .flatMap(({ layer, found: common }) =>
        common[which].map(({ at, here, all }) => {
          const feature = layer.choices!.feature[at]!;
          return {
            key: `${layer.name} ${at}`,
            name: layer.titles[feature] ?? layer.ids[feature] ?? "",
            kind: told(layer.kinds[layer.choices!.kind[at]!]?.label),
            here,
            all,
          };
        }),
      )
      .sort((a, b) => Math.abs(b.here - b.all) - Math.abs(a.here - a.all));
  const [always, never, differs] = [lines("always"), lines("never"), lines("differs")];
  const total = (which: "everywhere" | "nowhere") => found.choices.reduce((sum, c) => sum + c.found[which], 0);
  return (
    <>
      <div class="lists">
        {found.choices.length > 0 && (
          <>
            <List name={say("common.always")} lines={always} none={say("common.no always")} />
            <List name={say("common.never")} lines={never} none={say("common.no never")} />
            <List name={say("common.differs")} lines={differs} none={say("common.no differs")} signed />
          </>
        )}
        {found.classes.map((classes) => (
          <Classes key={classes.layer.name} found={classes} />
        ))}
      </div>
      {found.choices.length > 0 && (
        <p class="fine">{say("common.rest", { everywhere: whole(total("everywhere")), nowhere: whole(total("nowhere")) })}</p>
      )}
    </>
  );
}

function Classes({ found }: { found: SharedClasses }) {
  const { layer } = found;
  const line = (s: SharedClasses["kinds"][number]): Line => ({
    key: `${s.kind} ${s.group}`,
    name: told(layer.kinds[s.kind]!.label),
    kind: s.group < 0 ? "" : (layer.groups[s.group] ?? ""),
    here: s.here,
    all: s.all,
  });
  const name = say(found.byArea ? "common.area" : "common.features", { name: told(layer.label) });
  return (
    <>
      <div class="list">
        <List name={name} lines={found.kinds.map(line)} none={say("common.no change")} signed bare />
        <p class="fine">{say("common.changed", { always: whole(found.always), never: whole(found.never), all: whole(layer.size) })}</p>
      </div>
      {found.groups.length > 0 && (
        <div class="list">
          <List name={say("common.by group")} lines={found.groups.map(line)} none="" signed bare />
        </div>
      )}
    </>
  );
}

function List({ name, lines, none, signed, bare }: { name: string; lines: Line[]; none: string; signed?: boolean; bare?: boolean }) {
  const open = useSignal(false);
  const shown = lines.slice(0, open.value ? MORE : SHOWN);
  // bars fill their room where all shares are small, as those of areas are
  const most = bare ? Math.max(...lines.map((l) => Math.max(l.here, l.all)), 1e-9) : 1;
  return (
    <div class={bare ? "" : "list"}>
      <h3>
        {name} {!bare && <span class="quiet">{whole(lines.length)}</span>}
      </h3>
      {!lines.length && <p class="fine">{none}</p>}
      <ul>
        {shown.map(({ key, name: what, kind, here, all }) => (
          <li key={key}>
            <span class="what" title={kind ? `${what}, ${kind}` : what}>
              {what} {kind && <small>{kind}</small>}
            </span>
            <span class="bars" aria-hidden="true">
              <i class="here" style={{ width: `${(100 * here) / most}%` }} />
              <i class="all" style={{ width: `${(100 * all) / most}%` }} />
            </span>
            <span class="shares">
              {signed && <span aria-hidden="true">{here > all ? "▲" : here < all ? "▼" : ""} </span>}
              <b>{percent(here, bare ? 1 : 0)}</b>
              <span class="hidden"> {say("common.against")} </span>
              <span class="quiet"> {percent(all, bare ? 1 : 0)}</span>
            </span>
          </li>
        ))}
      </ul>
      {lines.length > SHOWN && (
        <button type="button" class="small" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
          {open.value ? say("common.fewer") : say("common.more", { n: whole(Math.min(MORE, lines.length) - SHOWN) })}
        </button>
      )}
    </div>
  );
}
