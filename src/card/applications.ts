// Which application of the card is selected, so that it is not selected again in vain: selecting clears all security status.

import { equal } from '../core/bytes.ts';
import { KioskFailure } from '../core/failure.ts';
import type { CardChannel } from './channel.ts';
import { selectApplication } from './files.ts';
import type { CardProfile } from './profile.ts';

export type ApplicationName = 'jpki' | 'visual' | 'text';

export class ApplicationSelector {
  readonly #channel: CardChannel;
  readonly #profile: CardProfile;
  /** undefined: a selection was broken off, and nobody knows whether the card took it. */
  #selected: ApplicationName | undefined = 'jpki';
  #open = false;

  /** Identification leaves the JPKI application selected. */
  constructor(channel: CardChannel, profile: CardProfile) {
    this.#channel = channel;
    this.#profile = profile;
  }

  /** Whether it is the current one; two names may mean one application of the card. */
  isSelected(application: ApplicationName): boolean {
    return this.#selected !== undefined && equal(this.#profile[this.#selected].aid, this.#profile[application].aid);
  }

  /** Whether it is the current one and has taken the code that opens it since. */
  isOpen(application: ApplicationName): boolean {
    return this.#open && this.isSelected(application);
  }

  /** The current one has taken the code. */
  opened(): void {
    this.#open = true;
  }

  /** Throws card/read-failed when the card has no such application. */
  async select(application: ApplicationName, signal?: AbortSignal): Promise<void> {
    if (this.isSelected(application)) return;
    this.#selected = undefined;
    this.#open = false;
    if (!(await selectApplication(this.#channel, this.#profile[application].aid, signal))) {
      throw new KioskFailure('card/read-failed', { facts: { step: 'select-application', application } });
    }
    this.#selected = application;
  }
}
