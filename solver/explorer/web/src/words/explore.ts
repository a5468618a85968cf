export const explore = {} as const satisfies Record<string, readonly [string, string]>;
