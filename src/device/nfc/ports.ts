// The byte ports below the PN532 driver: one I²C bus (PN532 user manual UM0701-02, 6.2.4), or one serial line (HSU, 6.2.3).

export interface I2cBus {
  /** One write transaction. Throws an Error with `code` EIO, ENXIO, ENODEV as Linux does. */
  write(address: number, bytes: Uint8Array): Promise<void>;
  /** One read transaction of exactly `length` bytes; the PN532 puts its ready byte first. */
  read(address: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface SerialPort {
  /** Resolves once the bytes are on their way. Throws an Error with `code` as Linux does. */
  write(bytes: Uint8Array): Promise<void>;
  /** Bytes as they arrive, in any pieces; returns the unsubscribe function. */
  onData(listener: (bytes: Uint8Array) => void): () => void;
  close(): Promise<void>;
}
