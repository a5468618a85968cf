export function readSession(told: Record<string, unknown>): void {
  void told;
}
