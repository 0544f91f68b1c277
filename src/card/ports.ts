// Ports of the card layer: one powered card that answers APDUs, and whoever reads the printed card face.

/** A selected, powered card (ISO/IEC 7816-4 over ISO/IEC 14443-4 or contacts). */
export interface CardTransceiver {
  /** Data bytes of an answer (status word not counted) that pass in one piece: a read of so many is quickest. Absent: any number is alike. */
  readonly answerBytes?: number;
  /** Sends one C-APDU, answers the R-APDU with its two status bytes. Throws KioskFailure card/removed, reader/protocol, reader/unavailable. */
  transceive(command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
}

/** What lies on the tray, as far as the radio can tell. */
export type CardTechnology = 'iso14443-4b' | 'iso14443-3b' | 'iso14443-a' | 'felica';

export interface DetectedCard extends CardTransceiver {
  readonly technology: CardTechnology;
  /** Another card of this technology lies in the field: nobody can say which is meant, so neither is spoken to. */
  readonly several?: true;
}

/** The reader as the visit uses it. One card at a time. */
export interface CardReader {
  /** Waits until something is in the field. Rejects with the signal's reason, or with reader/unavailable. */
  waitForCard(signal: AbortSignal): Promise<DetectedCard>;
  /** Waits until the field is empty (the card was taken). Must not disturb a running transceive. */
  waitForRemoval(signal: AbortSignal): Promise<void>;
}

/** Reads 照合番号B (14 ASCII digits) from the printed card face. The digits are a secret: wiped by the caller, never logged. */
export interface CardFaceReader {
  readVerificationCode(signal: AbortSignal): Promise<Uint8Array>;
}

/** A simulated card as the radio sees it. Only twins implement it. */
export interface VirtualCardChip {
  readonly technology: CardTechnology;
  /** Field on or reset: all security status is lost. */
  powerOn(): void;
  powerOff(): void;
  /** Answers one C-APDU. Only called for iso14443-4b. A chip that dies answers never: it rejects. */
  transceive(command: Uint8Array): Promise<Uint8Array>;
}
