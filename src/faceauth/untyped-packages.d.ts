// The used part of two packages that bring no types of their own, and of WebAssembly, whose types come with a browser's only.

declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>;
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    /** `pages` of 64 KiB more; answers how many there were. Throws RangeError. */
    grow(pages: number): number;
  }
  const instantiate: (binary: Uint8Array, imports: Imports) => Promise<{ readonly instance: Instance }>;
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  export interface J2KDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned: boolean };
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  }
  export interface OpenJpegModule {
    readonly J2KDecoder: new () => J2KDecoder;
  }
  const create: (options: {
    print(text: string): void;
    printErr(text: string): void;
    instantiateWasm(imports: WebAssembly.Imports, received: (instance: WebAssembly.Instance) => void): object;
  }) => Promise<OpenJpegModule>;

  // biome-ignore lint/style/noDefaultExport: the package is CommonJS and exports this one function
  export { create as default };
}

declare module 'onnxruntime-node' {
  export class Tensor {
    constructor(type: 'float32', data: Float32Array, dims: readonly number[]);
    readonly data: Float32Array;
  }
  export class InferenceSession {
    static create(
      model: Uint8Array,
      options: {
        executionProviders: readonly ['cpu'];
        graphOptimizationLevel: 'extended' | 'all';
        intraOpNumThreads: number;
        enableCpuMemArena: boolean;
        interOpNumThreads: number;
        logSeverityLevel: 0 | 1 | 2 | 3 | 4;
      },
    ): Promise<InferenceSession>;
    run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
    release(): Promise<void>;
  }
}
