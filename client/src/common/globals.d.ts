// What both extension hosts have besides the language; only for checking this folder by itself.
declare function setTimeout(run: () => void, ms?: number): { readonly timer: unique symbol };
declare function clearTimeout(timer: ReturnType<typeof setTimeout> | undefined): void;
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare const crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };
declare function setInterval(run: () => void, ms: number): { readonly interval: unique symbol };
declare function clearInterval(timer: ReturnType<typeof setInterval>): void;
