import { signal } from "@preact/signals";

/** Whether new solves can be asked for. */
export const connected = signal(false);

export async function startLive(token: string): Promise<void> {
  connected.value = token !== "";
}
