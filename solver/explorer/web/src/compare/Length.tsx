// A length as people say it: metres up to a kilometre, then kilometres.

import { number, whole } from "../format.ts";
import { say } from "../words.ts";

export function Length({ metres }: { metres: number }) {
  if (!(metres > 0)) return null;
  const text = metres < 1000 ? say("compare.metres", { m: whole(metres) }) : say("compare.km", { km: number(metres / 1000, 3) });
  return <span class="fine">{text}</span>;
}
