export const robustness = {} as const satisfies Record<string, readonly [string, string]>;
