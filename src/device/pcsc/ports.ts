// PC/SC as this folder needs it: the part of npm `smartcard` that is used, so that a test can stand in for it.

export interface PcscCard {
  /** One command; rejects with an Error whose message is the text of the PC/SC result. */
  transmit(command: Buffer, options: { readonly maxRecvLength: number }): Promise<Uint8Array>;
  disconnect(disposition: number): void;
}

export interface PcscReader {
  readonly name: string;
  /** SCARD_STATE_ bits at the moment of `listReaders`. */
  readonly state: number;
  readonly atr: Uint8Array | null;
  connect(shareMode: number, protocols: number): Promise<PcscCard>;
}

export interface PcscContext {
  /** Every reader that is plugged in now. Throws an Error with the text of the PC/SC result. */
  listReaders(): readonly PcscReader[];
  close(): void;
}
