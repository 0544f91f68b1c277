// The encoder half of @cornerstonejs/codec-openjpeg, which ships no types.
declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  interface FrameInfo {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
  }
  interface J2KEncoder {
    /** A view into the codec's memory, to be filled with pixels. */
    getDecodedBuffer(frame: FrameInfo): Uint8Array;
    setQuality(lossless: boolean, layers: number): void;
    setCompressionRatio(layer: number, ratio: number): void;
    setImageOffset(point: { x: number; y: number }): void;
    encode(): void;
    /** A view into the codec's memory: copy it before `delete`. */
    getEncodedBuffer(): Uint8Array;
    delete(): void;
  }
  export interface Codec {
    readonly J2KEncoder: new () => J2KEncoder;
  }
  const factory: (options: { print(line: string): void; printErr(line: string): void }) => Promise<Codec>;
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS and exports this one function
  export default factory;
}
