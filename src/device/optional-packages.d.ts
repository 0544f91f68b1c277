// The used part of the packages that are installed only where they can be compiled: the program builds without them.

declare module 'onoff' {
  export class Gpio {
    constructor(line: number, direction: 'in' | 'out' | 'low' | 'high', edge?: 'none' | 'rising' | 'falling' | 'both');
    readSync(): 0 | 1;
    writeSync(level: 0 | 1): void;
    watch(listener: (error: Error | null | undefined, level: 0 | 1) => void): void;
    unexport(): void;
  }
}

declare module 'node-hid' {
  const module: unknown;

  // biome-ignore lint/style/noDefaultExport: the package is CommonJS
  export { module as default };
}

declare module 'smartcard' {
  export const Context: new () => import('./pcsc/ports.ts').PcscContext;
}
