export declare function packed(text: string): readonly [low: number, high: number] | undefined;
