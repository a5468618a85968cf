// In which futures the compared alternatives break a limit: a rule in words where there is one, and the list.

import { type Condition, DEALS, FEWEST, type Rule } from "../calc/failing.ts";
import { percent } from "../format.ts";
import { compared, model, scenario } from "../state.ts";
import { listed, say, told } from "../words.ts";
import { Named } from "./Named.tsx";
import { withUnit } from "./scales.ts";
import { type Failing as Told, failingOf, futuresNow, heldBounds, heldMet } from "./state.ts";

/** Rules that chance finds as often as this are not told. */
const CHANCE = 0.05;

export function Failing() {
  return (
    <section class="card failing" aria-labelledby="robust-failing">
      <header>
        <h2 id="robust-failing">{say("robust.failing")}</h2>
      </header>
      {heldMet.value ? (
        <>
          <div class="ones">
            {compared.value.map(({ slot, alternative }) => (
              <One key={slot} slot={slot} alternative={alternative} />
            ))}
          </div>
          <p class="fine">{say("robust.rule how")}</p>
        </>
      ) : (
        <p>{say("robust.failing none")}</p>
      )}
    </section>
  );
}

function One({ slot, alternative }: { slot: string; alternative: number }) {
  const found = failingOf(alternative);
  const count = futuresNow.value.names.length;
  const failures = found?.misses.length ?? 0;
  return (
    <div class="one">
      <h3>
        <Named slot={slot} alternative={alternative} />
      </h3>
      {!found ? (
        <p>{say("robust.failing unknown")}</p>
      ) : !failures ? (
        <p>{say("robust.failing never", { count })}</p>
      ) : (
        <>
          <p>
            {failures === count
              ? say("robust.failing always", { count })
              : say("robust.failing count", { failures, count, probability: percent(found.probability) })}
          </p>
          {failures < count && <InWords found={found} />}
          <List found={found} slot={slot} alternative={alternative} />
        </>
      )}
    </div>
  );
}

function InWords({ found }: { found: Told }) {
  const { rule, misses, probability } = found;
  if (misses.length < FEWEST) return <p class="fine">{say("robust.rule few", { fewest: FEWEST })}</p>;
  if (!rule || rule.chance > CHANCE) return <p class="quiet">{say("robust.rule none")}</p>;
  const p = futuresNow.value.probability;
  const weigh = (counts: (s: number) => boolean) => p.reduce((sum, share, s) => sum + (counts(s) ? share : 0), 0);
  const fails = new Set(misses.map((m) => m.scenario));
  const inside = weigh((s) => rule.scenarios[s] === 1);
  const hits = weigh((s) => rule.scenarios[s] === 1 && fails.has(s));
  return (
    <div class="rule">
      <p>
        <b>{say(rule.density >= 0.5 ? "robust.rule mostly" : "robust.rule more", { when: inWords(rule) })}</b>
        {say("robust.rule stop")}
        {say("robust.rule numbers", {
          hits: rule.hits,
          inside: rule.inside,
          coverage: percent(rule.coverage, 0),
          failures: rule.failures,
        })}
      </p>
      <p class="fine">
        {say("robust.rule fine", {
          density: percent(rule.density, 0),
          coverage: percent(rule.coverage, 0),
          weightedDensity: percent(inside > 0 ? hits / inside : NaN, 0),
          weightedCoverage: percent(probability > 0 ? hits / probability : NaN, 0),
          reached: rule.reached,
          deals: DEALS,
        })}
      </p>
    </div>
  );
}

function inWords(rule: Pick<Rule, "conditions">): string {
  const [one, two] = rule.conditions;
  if (two && one!.driver === two.driver && one!.how === "above" && two.how === "below")
    return say("robust.when between", { driver: driverOf(one!), low: valueOf(one!), high: valueOf(two) });
  return two ? say("robust.when and", { one: conditionOf(one!), two: conditionOf(two) }) : conditionOf(one!);
}

function driverOf(condition: Condition): string {
  const driver = futuresNow.value.drivers[condition.driver]!;
  const name = told(driver.label) || driver.name;
  // within a sentence; abbreviations keep their capitals
  return /^[A-Z][a-z ]/.test(name) ? name[0]!.toLowerCase() + name.slice(1) : name;
}

function valueOf(condition: Condition): string {
  const driver = futuresNow.value.drivers[condition.driver]!;
  return driver.words.length ? told(driver.words[condition.value]) : withUnit(condition.value, driver.unit, 15);
}

function conditionOf(condition: Condition): string {
  return say(`robust.when ${condition.how}`, { driver: driverOf(condition), value: valueOf(condition) });
}

function List({ found, slot, alternative }: { found: Told; slot: string; alternative: number }) {
  const { titles, probability, measures } = futuresNow.value;
  const order = [...found.misses].sort((a, b) => probability[b.scenario]! - probability[a.scenario]! || a.scenario - b.scenario);
  const name = `${slot} ${say("shell.alternative", { id: model.value.ids[alternative]! })}`.trim();
  const several = heldBounds.value.filter((limit) => limit !== null).length > 1;
  const ruled = found.misses.length >= FEWEST && found.rule !== null && found.rule.chance <= CHANCE;
  return (
    <div class="scroll misses" tabIndex={0} role="region" aria-label={say("robust.misses", { alternative: name })}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say("robust.scenario")}</th>
            <th scope="col">{say("robust.probability")}</th>
            <th scope="col">{say("robust.over")}</th>
          </tr>
        </thead>
        <tbody>
          {order.map(({ scenario: s, broken }) => (
            <tr key={s} class={s === scenario.value ? "current" : ""}>
              <th scope="row" class="kept">
                <button type="button" class="plain" aria-pressed={s === scenario.value} onClick={() => (scenario.value = s === scenario.value ? -1 : s)}>
                  {told(titles[s])}
                </button>
                {ruled && found.rule!.scenarios[s] === 1 && (
                  <span class="fine" title={say("robust.in rule")}>
                    {" ✓ "}
                    <span class="hidden">{say("robust.in rule")}</span>
                  </span>
                )}
              </th>
              <td>{percent(probability[s])}</td>
              <td>
                {listed(
                  broken.map(({ measure, by }) => {
                    const text = withUnit(by, measures[measure]!.unit);
                    return several ? say("robust.missed by", { measure: told(measures[measure]!.label), by: text }) : `+${text}`;
                  }),
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
