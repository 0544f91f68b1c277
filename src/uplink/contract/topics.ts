// The topic tree of contract version 1: kazashi/1/<site>/<kiosk>/<channel>. Builder and parser are exact inverses.
// Names are ids of boxes and places only: nothing about a patient may ever stand in a topic.

import { KioskFailure } from '../../core/failure.ts';

export const CONTRACT_VERSION = 1;
const ROOT = `kazashi/${CONTRACT_VERSION}`;

/** Channels below one kiosk. */
export const KIOSK_CHANNELS = ['state', 'visit', 'ack', 'request', 'command', 'health', 'report'] as const;
export type KioskChannel = (typeof KIOSK_CHANNELS)[number];

/** `terminal` is the terminal's place in the tree, so no kiosk may be called that. */
export const ID_PATTERN = /^(?!terminal$)[a-z0-9][a-z0-9-]{0,31}$/;
export const TERMINAL = 'terminal';

export type ParsedTopic =
  | { readonly site: string; readonly kiosk: string; readonly channel: KioskChannel }
  | {
      readonly site: string;
      readonly kiosk: typeof TERMINAL;
      readonly channel: 'state' /** Of a terminal after the first. */;
      readonly name?: string;
    };

const checked = (field: string, id: string): string => {
  if (ID_PATTERN.test(id)) return id;
  throw new KioskFailure('config/invalid', {
    facts: { field },
    message: `${field}: lower-case letters, digits and hyphens, at most 32, starting with a letter or digit; not "terminal"`,
  });
};

/** Topic of one channel of one kiosk. Throws KioskFailure config/invalid for ids that cannot stand in a topic. */
export const kioskTopic = (site: string, kiosk: string, channel: KioskChannel): string =>
  `${ROOT}/${checked('site', site)}/${checked('kiosk', kiosk)}/${channel}`;

/** Topic of the retained state of a reception terminal: the site's first, or one more by its name. */
export const terminalStateTopic = (site: string, name: string = TERMINAL): string => {
  const first = `${ROOT}/${checked('site', site)}/${TERMINAL}/state`;
  return name === TERMINAL ? first : `${first}/${checked('terminal', name)}`;
};

/** Subscription filters for the states of every terminal of a site. */
export const terminalStateFilters = (site: string): readonly string[] => [terminalStateTopic(site), `${terminalStateTopic(site)}/+`];

/** Subscription filter for one channel of every kiosk of a site. The `state` filter matches the terminal's own state as well. */
export const channelFilter = (site: string, channel: KioskChannel): string => `${ROOT}/${checked('site', site)}/+/${channel}`;

/** The parts of a topic of this contract version, or undefined for any other text. */
export const parseTopic = (topic: string): ParsedTopic | undefined => {
  const [root, version, site = '', kiosk = '', channel = '', name, ...rest] = topic.split('/');
  if (rest.length > 0 || `${root}/${version}` !== ROOT || !ID_PATTERN.test(site)) return undefined;
  if (kiosk === TERMINAL) {
    if (channel !== 'state' || (name !== undefined && !ID_PATTERN.test(name))) return undefined;
    return { site, kiosk, channel, ...(name === undefined ? {} : { name }) };
  }
  if (name !== undefined) return undefined;
  const known = KIOSK_CHANNELS.find((candidate) => candidate === channel);
  return known !== undefined && ID_PATTERN.test(kiosk) ? { site, kiosk, channel: known } : undefined;
};
