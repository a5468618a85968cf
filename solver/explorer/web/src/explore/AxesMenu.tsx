// Which objectives have an axis, and in which order.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { axes, model } from "../state.ts";
import { say } from "../words.ts";
import { axisName, swapped } from "./AxisControls.tsx";

export function AxesMenu() {
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open.value) return;
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) open.value = false;
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open.value]);
  const order = axes.value;
  const last = useRef("");
  useLayoutEffect(() => {
    // a button that was pressed may be gone now, and the focus with it
    if (open.value && document.activeElement === document.body) focusAgain(box.current!, last.current);
  }, [order]);
  const rest = model.value.objectives.flatMap((_, k) => (order.includes(k) ? [] : [k]));
  return (
    <div
      ref={box}
      class="axes-menu"
      onClickCapture={(event) => (last.current = (event.target as HTMLElement).closest("button")?.getAttribute("aria-label") ?? "")}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.value) return;
        event.stopPropagation();
        open.value = false;
        button.current?.focus();
      }}
    >
      <button ref={button} type="button" aria-haspopup="dialog" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        {say("axes.axes")} <span aria-hidden="true">▾</span>
      </button>
      {open.value && (
        <div class="axes-list" role="dialog" tabIndex={-1} aria-label={say("axes.axes")}>
          <p class="fine" id="axes-shown">
            {say("axes.shown")}
          </p>
          <ol aria-labelledby="axes-shown">
            {order.map((k, at) => (
              <li key={k}>
                <span class="axes-item">
                  {axisName(k)}
                  <Measured objective={k} />
                </span>
                <button type="button" aria-label={say("axes.left", { name: axisName(k) })} disabled={at === 0} onClick={() => (axes.value = swapped(order, at, at - 1))}>
                  ←
                </button>
                <button
                  type="button"
                  aria-label={say("axes.right", { name: axisName(k) })}
                  disabled={at === order.length - 1}
                  onClick={() => (axes.value = swapped(order, at, at + 1))}
                >
                  →
                </button>
                <button type="button" aria-label={say("axes.remove", { name: axisName(k) })} disabled={order.length < 3} onClick={() => (axes.value = order.filter((o) => o !== k))}>
                  ✕
                </button>
              </li>
            ))}
          </ol>
          {rest.length > 0 && (
            <>
              <p class="fine" id="axes-more">
                {say("axes.more")}
              </p>
              <ul aria-labelledby="axes-more">
                {rest.map((k) => (
                  <li key={k}>
                    <span class="axes-item">
                      {axisName(k)}
                      <Measured objective={k} />
                    </span>
                    <button type="button" aria-label={say("axes.add", { name: axisName(k) })} onClick={() => (axes.value = [...order, k])}>
                      +
                    </button>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
    </div>
  );
}

function Measured({ objective }: { objective: number }) {
  if (!model.value.objectives[objective]!.measured) return null;
  return <span class="fine">{say("axes.measured")}</span>;
}

/** On the button of that name in a box; where there is none, on the box itself. */
export function focusAgain(box: HTMLElement, name: string): void {
  const same = [...box.querySelectorAll<HTMLButtonElement>("button[aria-label]:not(:disabled)")].find((b) => b.getAttribute("aria-label") === name);
  (same ?? box.querySelector<HTMLElement>("[role=dialog]") ?? box).focus();
}
