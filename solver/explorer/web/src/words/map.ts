export const map = {} as const satisfies Record<string, readonly [string, string]>;
