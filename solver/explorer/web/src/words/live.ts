export const live = {} as const satisfies Record<string, readonly [string, string]>;
