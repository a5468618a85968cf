// Reads what stands in the page, and shows it.

import { render } from "preact";
import { App, Fault } from "./App.tsx";
import { follow, read } from "./hash.ts";
import { decode } from "./model.ts";
import { readPayload } from "./payload.ts";
import { forTests } from "./fortests.ts";
import { begin, lang } from "./state.ts";
import { startLive } from "./live/client.ts";
import { readSession } from "./out/session.ts";

const root = document.getElementById("app")!;
const textOf = (id: string) => document.getElementById(id)?.textContent ?? "";

async function start(): Promise<void> {
  const told = readPayload(textOf("payload"));
  lang.value = told.lang;
  begin(await decode(told));
  await readSession(JSON.parse(textOf("session") || "{}"));
  const live = JSON.parse(textOf("live") || "{}") as { token?: string };
  await startLive(live.token ?? "");
  if (location.hash.length > 1) read(location.hash);
  root.textContent = "";
  render(<App />, root);
  follow();
  forTests();
  // two frames: by then the first pictures are on the screen
  requestAnimationFrame(() => requestAnimationFrame(() => (document.documentElement.dataset["ready"] = String(Math.round(performance.now())))));
}

start().catch((error: unknown) => {
  document.documentElement.dataset["fault"] = String(error);
  render(<Fault error={error} />, root);
});
