// The page as tests and the measuring script see it. Nothing of the page itself uses this.

import * as calc from "./calc/all.ts";
import * as state from "./state.ts";
import { decisions, tally } from "./model.ts";
import { written } from "./hash.ts";

export function forTests(): void {
  Object.assign(window, { refugia: { state, calc, decisions, tally, written } });
}
