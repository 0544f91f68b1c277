// What the broker does not let this kiosk do. A site's rules are made by the version that made its files: a newer kiosk may want a channel
// that they do not know, and under MQTT 5 the broker says so. Under 3.1.1 it says nothing (MQTT 3.1.1, 3.3.5), and nothing can be known.

import { KioskFailure } from '../core/failure.ts';
import type { KioskChannel } from './contract/index.ts';
import type { PublishOutcome } from './link.ts';

/** PUBACK reason code "Not authorized" (MQTT 5.0, 3.4.2.1). */
const NOT_AUTHORIZED = 135;
/** What a technician runs on the machine with the site's folder; it writes certificate and rules of the broker anew. */
export const RENEW_RULES = 'kazashi site rotate DIR broker';

export class Rights {
  readonly #forbidden = new Set<KioskChannel>();
  readonly #onFailure: (failure: KioskFailure) => void;

  /** `onFailure` is told once for each channel, until a message went through there. */
  constructor(onFailure: (failure: KioskFailure) => void) {
    this.#onFailure = onFailure;
  }

  /** Channels whose last message was refused for want of a right. */
  get forbidden(): readonly KioskChannel[] {
    return [...this.#forbidden];
  }

  /** Takes note of how a message ended. True when `forbidden` changed. */
  note(channel: KioskChannel, result: PublishOutcome): boolean {
    if (result.outcome === 'lost') return false;
    const refused = result.outcome === 'refused' && result.reasonCode === NOT_AUTHORIZED;
    if (refused === this.#forbidden.has(channel)) return false;
    if (!refused) return this.#forbidden.delete(channel);
    this.#forbidden.add(channel);
    this.#onFailure(
      new KioskFailure('uplink/rules-outdated', {
        facts: { channel, reasonCode: NOT_AUTHORIZED, run: RENEW_RULES },
        message: `the broker does not let this kiosk write its ${channel}: its rules are of an older version. Run \`${RENEW_RULES}\`, copy the broker folder to the broker, start mosquitto again`,
      }),
    );
    return true;
  }
}
