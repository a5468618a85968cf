export const views = {} as const satisfies Record<string, readonly [string, string]>;
