// The byte port below the PN532 driver: one I2C bus (PN532 user manual UM0701-02, 6.2.4).

export interface I2cBus {
  /** One write transaction. Throws an Error with `code` EIO, ENXIO, ENODEV as Linux does. */
  write(address: number, bytes: Uint8Array): Promise<void>;
  /** One read transaction of exactly `length` bytes; the PN532 puts its ready byte first. */
  read(address: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
