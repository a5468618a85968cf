// How the outcome of the compared alternatives is distributed over scenarios, as a picture and in numbers.

import { signal } from "@preact/signals";
import { cvarOf } from "../calc/cvar.ts";
import { meanOf, quantileOf, worstOf } from "../calc/distribution.ts";
import { meets, sharesOf } from "../calc/satisfice.ts";
import { Figure, perFrame } from "../figure.tsx";
import { exact, number, percent } from "../format.ts";
import { compared, model, scenario } from "../state.ts";
import { listed, say, told } from "../words.ts";
import { drawSpread, spreadOf } from "./drawSpread.ts";
import { Named } from "./Named.tsx";
import { unitAfter, withUnit } from "./scales.ts";
import { bounds, futuresNow, shown, shownAt } from "./state.ts";

const tip = signal<{ x: number; y: number; text: string; scenario: number } | null>(null);

export function Spread() {
  const { titles, probability, alpha } = futuresNow.value;
  const { label, unit } = shown.value;
  const find = perFrame((canvas: HTMLCanvasElement, px: number, py: number) => {
    const { dots } = spreadOf({ width: canvas.clientWidth, height: canvas.clientHeight });
    let [nearest, found] = [196, -1];
    dots.forEach((dot, k) => {
      const away = (dot.x - px) ** 2 + (dot.y - py) ** 2;
      if (away < nearest) [nearest, found] = [away, k];
    });
    const dot = dots[found];
    tip.value = dot
      ? {
          x: dot.x,
          y: dot.y - dot.radius,
          scenario: dot.scenario,
          text: `${told(titles[dot.scenario])}: ${withUnit(shown.value.values[dot.alternative]![dot.scenario]!, unit)} (${percent(probability[dot.scenario])})`,
        }
      : null;
  });
  const sum = probability.reduce((a, b) => a + b, 0);
  return (
    <section class="card spread" aria-labelledby="robust-spread">
      <header>
        <h2 id="robust-spread">{say("robust.spread", { measure: told(label) })}</h2>
        <p class="fine robust-marks">
          <span>● {say("robust.legend mean")}</span>
          <span>◆ {say("robust.legend cvar", { share: percent(1 - alpha) })}</span>
          <span>
            <b aria-hidden="true">|</b> {say("robust.legend worst")}
          </span>
          <span>{say("robust.legend dots")}</span>
        </p>
      </header>
      <Figure
        name="robustness-distribution"
        title={() =>
          say("robust.spread shows", {
            measure: told(shown.value.label),
            count: futuresNow.value.names.length,
            alternatives: listed(compared.value.map(({ slot, alternative }) => `${slot} ${say("shell.alternative", { id: model.value.ids[alternative]! })}`.trim())),
          })
        }
        class={`rows${compared.value.length}`}
        paint={drawSpread}
        canvas={{
          onPointerMove: (event) => find(event.currentTarget, event.offsetX, event.offsetY),
          onPointerLeave: () => (tip.value = null),
          onClick: () => tip.value && (scenario.value = tip.value.scenario === scenario.value ? -1 : tip.value.scenario),
        }}
      >
        {tip.value && (
          <div class="tip" style={{ left: `${tip.value.x}px`, top: `${tip.value.y}px` }}>
            {tip.value.text}
          </div>
        )}
      </Figure>
      <div class="scroll" tabIndex={0} role="region" aria-label={say("robust.numbers")}>
        <table class="numbers">
          <caption class="hidden">{say("robust.numbers")}</caption>
          <thead>
            <tr>
              <th scope="col">{say("robust.alternative")}</th>
              {["mean", "median", "cvar", "worst"].map((name) => (
                <th key={name} scope="col">
                  {say(`robust.${name as "mean"}`, { alpha: percent(alpha) })}
                  <span class="fine">{unitAfter(unit)}</span>
                </th>
              ))}
              {bounds.value[shownAt.value] != null && <th scope="col">{say("robust.within")}</th>}
            </tr>
          </thead>
          <tbody>
            {compared.value.map(({ slot, alternative }) => {
              const values = shown.value.values[alternative]!;
              const limit = bounds.value[shownAt.value] ?? null;
              const cells: [string, number][] = [
                ["mean", meanOf(values, probability)],
                ["median", quantileOf(values, probability, 0.5)],
                ["cvar", cvarOf(values, probability, alpha)],
                ["worst", worstOf(values)],
              ];
              return (
                <tr key={slot}>
                  <th scope="row">
                    <Named slot={slot} alternative={alternative} />
                  </th>
                  {cells.map(([name, value]) => (
                    <td key={name} data-number={name} title={exact(value)}>
                      {number(value, 5)}
                    </td>
                  ))}
                  {limit !== null && (
                    <td>{Number.isNaN(worstOf(values)) ? "–" : percent(sharesOf(meets([values], limit), probability).byProbability[0])}</td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="fine">
        {say("robust.weighted")} {Math.abs(sum - 1) > 1e-6 ? `Σp = ${number(sum)}. ` : ""}
        {compared.value[0]!.slot === "" && say("robust.compare hint")}
      </p>
    </section>
  );
}
