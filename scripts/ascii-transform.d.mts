// What tests call of ascii-transform.mjs.

export declare function packed(text: string): readonly [low: number, high: number] | undefined;
