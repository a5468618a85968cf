// What a printed page says about itself: shown on paper only.

import { notes } from "../state.ts";
import { say } from "../words.ts";
import { context, source } from "./sheet.ts";

export function PrintHead() {
  const note = notes.value[""]?.trim();
  return (
    <div class="on-paper">
      {context().map((text) => (
        <p key={text}>{text}</p>
      ))}
      {note && (
        <p>
          {say("out.page note")} {note}
        </p>
      )}
      <p>{source()}</p>
    </div>
  );
}
