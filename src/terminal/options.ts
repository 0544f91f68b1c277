// The command line of the terminal: flags, their meaning, and what is wrong with them. Pure.

import { parseArgs } from 'node:util';
import { KioskFailure } from '../core/failure.ts';
import { ID_PATTERN } from '../uplink/contract/index.ts';

export const HELP = `kazashi reception terminal

  node dist/terminal/main.js --mqtt URL --site ID --data DIR --keys FILE... [options]
  node dist/terminal/main.js --add-account ID --role reception|medical|admin --data DIR   (password: one line on standard input)

  --mqtt URL          broker: mqtt://host:port or mqtts://host:port
  --site ID           name of the place, as in the topics
  --data DIR          directory of the database (made with mode 0700)
  --keys FILE         key set {owner, keys}; once for the terminal's own (owner "terminal", private),
                      and once for each kiosk (public); a kiosk without a file is not heard. A folder stands for
                      every .json in it. Read again when it changes: a kiosk that is paired needs no restart
  --name NAME         this terminal's name where a site has several (default: its first)
  --share GROUP       terminals of one group take turns, each visit goes to one of them (docs/scaling.md)
  --port N            port of the page and the JSON interface (default 8090; 0: any free one)
  --host ADDRESS      address to listen on (default 127.0.0.1: this machine only)
  --ca FILE --cert FILE --tls-key FILE
                      PEM files for mqtts
  --https-cert FILE --https-key FILE
                      PEM files: serve the page over TLS
  --client-ca FILE    only browsers with a certificate of this authority may log in (with --https-cert)
  --client-crl FILE   PEM list of those whose certificates count no more (with --client-ca; read at the start)
  --contact LABEL=PHONE
                      whom to call, shown beside faults; once for each
  --exchange DIR      drop each result there as OQSsiquc01res_face_*.xml for the reception system
  --institution CODE  the ten digits of the institution in those files (default 0000000000)
  --eligibility DIR   answer eligibility from the OQSsiquc01res_face_*.xml files in this folder, not from the embedded invented registry
  --demo              accounts reception, medical and admin with known passwords, shown on the login page; never for real use
  --exit-with-parent  stop when standard input ends
  --log LEVEL         debug, info, warn, error or silent (default info; JSON lines on standard error)
  --help

Prints one line on standard output once it listens: {"ready":true,"url":...}. SIGTERM or SIGINT: says offline, stops, exit status 0.
`;

export interface RunOptions {
  readonly kind: 'run';
  readonly mqtt: string;
  readonly site: string;
  readonly data: string;
  readonly keys: readonly string[];
  readonly name?: string;
  readonly share?: string;
  readonly port: number;
  readonly host: string;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly demo: boolean;
  readonly contacts: readonly { readonly label: string; readonly phone: string }[];
  readonly https?: { readonly cert: string; readonly key: string; readonly clientCa?: string; readonly clientCrl?: string };
  readonly exchange: { readonly folder?: string; readonly institution: string; readonly from?: string };
  readonly exitWithParent: boolean;
  readonly log: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

export type CommandLine =
  | RunOptions
  | { readonly kind: 'help' }
  | { readonly kind: 'add-account'; readonly id: string; readonly role: string; readonly data: string };

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

const invalid = (flag: string, message: string): KioskFailure =>
  new KioskFailure('config/invalid', { facts: { field: flag }, message: `${flag}: ${message} (see --help)` });

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        mqtt: { type: 'string' },
        site: { type: 'string' },
        data: { type: 'string' },
        keys: { type: 'string', multiple: true },
        name: { type: 'string' },
        share: { type: 'string' },
        port: { type: 'string', default: '8090' },
        host: { type: 'string', default: '127.0.0.1' },
        ca: { type: 'string' },
        cert: { type: 'string' },
        'tls-key': { type: 'string' },
        'https-cert': { type: 'string' },
        'https-key': { type: 'string' },
        'client-ca': { type: 'string' },
        'client-crl': { type: 'string' },
        contact: { type: 'string', multiple: true, default: [] },
        exchange: { type: 'string' },
        institution: { type: 'string', default: '0000000000' },
        eligibility: { type: 'string' },
        demo: { type: 'boolean', default: false },
        'exit-with-parent': { type: 'boolean', default: false },
        log: { type: 'string', default: 'info' },
        'add-account': { type: 'string' },
        role: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new KioskFailure('config/invalid', { cause, message: `${(cause as Error).message.split('. ')[0]} (see --help)` });
  }
};

const contactOf = (text: string): { readonly label: string; readonly phone: string } => {
  const [, label, phone] = /^([^=]{1,40})=(.{1,40})$/.exec(text) ?? [];
  if (label === undefined || phone === undefined) throw invalid('--contact', `"${text}" is not LABEL=PHONE`);
  return { label, phone };
};

const httpsOf = (files: {
  cert?: string | undefined;
  key?: string | undefined;
  ca?: string | undefined;
  crl?: string | undefined;
}): Pick<RunOptions, 'https'> => {
  const { cert, key, ca, crl } = files;
  if (crl !== undefined && ca === undefined) throw invalid('--client-crl', 'needs --client-ca');
  if (cert === undefined && key === undefined) {
    if (ca !== undefined) throw invalid('--client-ca', 'needs --https-cert and --https-key');
    return {};
  }
  if (cert === undefined || key === undefined) throw invalid('--https-cert', 'and --https-key belong together');
  return { https: { cert, key, ...(ca === undefined ? {} : { clientCa: ca }), ...(crl === undefined ? {} : { clientCrl: crl }) } };
};

/** Throws config/invalid naming the flag, what was found and what is allowed. */
export const readCommandLine = (args: readonly string[]): CommandLine => {
  const values = parse(args);
  if (values.help) return { kind: 'help' };
  const needed = (flag: 'mqtt' | 'site' | 'data' | 'role'): string => {
    const value = values[flag];
    if (value === undefined || value === '') throw invalid(`--${flag}`, 'is missing');
    return value;
  };
  if (values['add-account'] !== undefined) {
    return { kind: 'add-account', id: values['add-account'], role: needed('role'), data: needed('data') };
  }
  const mqtt = needed('mqtt');
  if (!/^mqtts?:\/\/[^/\s]+$/.test(mqtt) || !URL.canParse(mqtt))
    throw invalid('--mqtt', `"${mqtt}" is not mqtt://host:port or mqtts://host:port`);
  const site = needed('site');
  if (!ID_PATTERN.test(site)) throw invalid('--site', `"${site}" is not 1 to 32 of a-z, 0-9 and -`);
  const label = (flag: 'name' | 'share'): string | undefined => {
    const value = values[flag];
    if (value !== undefined && !ID_PATTERN.test(value)) throw invalid(`--${flag}`, `"${value}" is not 1 to 32 of a-z, 0-9 and -`);
    return value;
  };
  const [name, share] = [label('name'), label('share')];
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65_535) throw invalid('--port', `"${values.port}" is not a number from 0 to 65535`);
  const log = LEVELS.find((level) => level === values.log);
  if (log === undefined) throw invalid('--log', `"${values.log}" is not one of ${LEVELS.join(', ')}`);
  if (values.keys === undefined || values.keys.length === 0)
    throw invalid('--keys', "is missing: the terminal's own key file and one for each kiosk");
  if (!/^\d{10}$/.test(values.institution)) throw invalid('--institution', `"${values.institution}" is not ten digits`);
  return {
    kind: 'run',
    mqtt,
    site,
    data: needed('data'),
    keys: values.keys,
    ...(name === undefined ? {} : { name }),
    ...(share === undefined ? {} : { share }),
    port,
    host: values.host,
    tls: {
      ...(values.ca === undefined ? {} : { ca: values.ca }),
      ...(values.cert === undefined ? {} : { cert: values.cert }),
      ...(values['tls-key'] === undefined ? {} : { key: values['tls-key'] }),
    },
    demo: values.demo,
    contacts: values.contact.map(contactOf),
    ...httpsOf({ cert: values['https-cert'], key: values['https-key'], ca: values['client-ca'], crl: values['client-crl'] }),
    exchange: {
      institution: values.institution,
      ...(values.exchange === undefined ? {} : { folder: values.exchange }),
      ...(values.eligibility === undefined ? {} : { from: values.eligibility }),
    },
    exitWithParent: values['exit-with-parent'],
    log,
  };
};
