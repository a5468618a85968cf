export const axes = {} as const satisfies Record<string, readonly [string, string]>;
