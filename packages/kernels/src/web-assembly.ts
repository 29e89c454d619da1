/** The part of the WebAssembly interface that is used here: the compiler's libraries declare it for browsers only. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WebAssemblyApi {
  /** Does this engine know every instruction of the module? */
  validate(code: Uint8Array): boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports?: object) => { readonly exports: unknown };
}

/** `undefined` where an engine has no WebAssembly at all (V8 without its compiler, `--jitless`). */
export const webAssembly: WebAssemblyApi | undefined = (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
