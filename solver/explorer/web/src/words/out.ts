export const out = {} as const satisfies Record<string, readonly [string, string]>;
