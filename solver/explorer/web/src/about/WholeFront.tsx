// What is proven about the front as a whole.

import { number, percent, whole } from "../format.ts";
import { lang, model } from "../state.ts";
import { say, type Word } from "../words.ts";

export function WholeFront() {
  const p = model.value.proof;
  const sentences = p.sentences[lang.value].length ? p.sentences[lang.value] : p.sentences.en;
  const rows: [string, string][] = [
    [say("about.complete"), say(p.complete ? "about.complete yes" : "about.complete no")],
    [say("about.epsilon"), p.epsilon === null ? say("about.not known") : say("about.epsilon text", { share: percent(p.epsilon, 2) })],
    [
      say("about.hypervolume"),
      p.hypervolume === null ? say("about.not known") : say("about.hypervolume text", { value: percent(p.hypervolume) }),
    ],
    [
      say("about.reached"),
      p.hypervolume_gap === null ? say("about.not known") : say("about.reached text", { share: percent(1 - p.hypervolume_gap) }),
    ],
    [say("about.gap"), percent(p.gap, 2)],
    [say("about.method"), named("about.method", p.method)],
    [say("about.status"), named("about.status", p.status)],
    [say("about.solves"), whole(p.solves)],
    [say("about.seconds"), say("about.seconds text", { s: number(p.seconds, 3) })],
  ];
  return (
    <section class="card" aria-labelledby="about-proof">
      <header>
        <h2 id="about-proof">{say("about.proof")}</h2>
      </header>
      {sentences.map((text) => (
        <p key={text} class="sentence">
          {text}
        </p>
      ))}
      <Facts rows={rows} />
    </section>
  );
}

const NAMED: readonly Word[] = [
  "about.status.complete",
  "about.status.representation",
  "about.status.stopped",
  "about.method.exact",
  "about.method.hybrid",
  "about.method.genetic",
];

/** In words where the page has some, else as the front calls it. */
function named(of: string, name: string): string {
  const word = NAMED.find((w) => w === `${of}.${name}`);
  return word ? say(word) : name;
}

/** Names and what they stand for, in two columns. */
export function Facts({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <dl class="factlist">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
