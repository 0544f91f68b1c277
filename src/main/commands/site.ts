// `kazashi site …`: certificates, keys and the broker's files of one site, in a folder that stays with whoever looks after the site.

import { parseWords, portOf, refuseWords } from '../arguments.ts';
import { openSecretSource } from '../ask-secret.ts';
import type { Command } from '../command.ts';
import { type AdmitOutcome, admitByCode } from '../pairing/admit.ts';
import { typedCode } from '../pairing/code.ts';
import { SiteFolder } from '../site/site-folder.ts';

const usage = `  kazashi site ACTION DIR …  certificates, keys and the broker's files of one site, kept in DIR
      init DIR --site ID --broker HOST [--broker …]   authority, broker and first terminal (HOST: name or address of the broker)
           [--port N] [--broker-user NAME] [--broker-at /PATH] [--kiosk-at /PATH]
      add-kiosk DIR ID       keys, certificate and kazashi.toml of one kiosk
      pair DIR ID [--port N] [--listen HOST]   lets a kiosk in that shows a code; asks for the code (8884, every address)
      add-terminal DIR [NAME]
      rotate DIR NAME        new keys and certificate for a kiosk, a terminal or broker; the old keys stay valid until the next time
      remove-kiosk DIR ID    its certificate and keys count no more
      list DIR               who belongs to the site, and for how long
`;

const OPTIONS = {
  site: { type: 'string' },
  broker: { type: 'string', multiple: true },
  port: { type: 'string' },
  'broker-user': { type: 'string' },
  'broker-at': { type: 'string' },
  'kiosk-at': { type: 'string' },
  listen: { type: 'string' },
} as const;

const parse = (words: readonly string[]) => parseWords(words, usage, { options: OPTIONS, allowPositionals: true });
type Words = ReturnType<typeof parse>;
type Values = Words['values'];

const now = () => Date.now();
const say = (...lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};

const DAY_MS = 86_400_000;

const init = async (directory: string, values: Values): Promise<void> => {
  const { site = refuseWords('site', `site init needs --site ID\n\n${usage}`), broker: hosts = [] } = values;
  if (hosts.length === 0) refuseWords('broker', `site init needs --broker HOST, the broker's name or address in the network\n\n${usage}`);
  const made = await SiteFolder.create(
    directory,
    {
      site,
      hosts,
      port: portOf('port', values.port, 8883),
      brokerUser: values['broker-user'] ?? 'mosquitto',
      ...(values['broker-at'] === undefined ? {} : { brokerAt: values['broker-at'] }),
      ...(values['kiosk-at'] === undefined ? {} : { kioskAt: values['kiosk-at'] }),
    },
    now,
  );
  const terminal = await made.addTerminal();
  const { brokerAt, port } = made.document;
  say(
    `${made.directory}/ca          the site's authority: keep a copy of it away from this machine`,
    `${made.directory}/broker      belongs at ${brokerAt} of the broker; start it with: mosquitto -c ${brokerAt}/mosquitto.conf`,
    `${terminal}   belongs on the reception terminal; there, with kazashi installed:`,
    `  cd ${terminal} && npx kazashi terminal --mqtt mqtts://${hosts[0]}:${port} --site ${site} --keys keys --ca ca.pem --cert cert.pem --tls-key key.pem --data DIR`,
  );
};

const list = async (site: SiteFolder): Promise<void> => {
  for (const { kind, name, notAfter, generations } of await site.members()) {
    const days = Math.floor((notAfter - now()) / DAY_MS);
    const keys = kind === 'broker' ? '' : `  ${generations} generation${generations === 1 ? '' : 's'} of keys`;
    say(`${kind.padEnd(8)}  ${name.padEnd(32)}  certificate for ${days} days${keys}`);
  }
};

const SECRET = 'Carry keys by a way that nobody reads.';
const ANEW =
  'Terminals and kiosks read keys and certificates again by themselves within seconds: nothing of theirs has to be started again.';

/** What belongs where, and in which order: a kiosk that has not a terminal's new public keys cannot be heard by it. */
const newKiosk = (site: SiteFolder): string =>
  `every terminal needs its folder ${site.directory}/terminals/…/keys anew: until then it takes nothing of this kiosk`;

const carryOrder = (site: SiteFolder, folder: string, name: string): readonly string[] => {
  const at = site.directory;
  if (name === 'broker')
    return [
      `${folder}   has a new certificate: carry it to ${site.document.brokerAt} of the broker and start mosquitto again`,
      `No kiosk and no terminal needs anything. ${SECRET}`,
    ];
  if (site.kiosks.includes(name))
    return [
      `${name} has new keys and a new certificate. Carry, in this order:`,
      `  1. ${at}/terminals/…/keys to every terminal, which then knows the new keys beside the old`,
      `  2. ${folder} to ${site.document.kioskAt} of the kiosk`,
      `${ANEW} ${SECRET}`,
    ];
  return [
    `terminal ${name} has new keys and a new certificate. Carry, in this order:`,
    `  1. ${at}/kiosks/…/terminal-keys.json to every kiosk: one without it cannot deliver to this terminal`,
    `  2. ${folder} to the terminal`,
    `${ANEW} ${SECRET}`,
  ];
};

const addTerminal = async (site: SiteFolder, name: string | undefined): Promise<void> =>
  say(
    `${await site.addTerminal(name)}   is a new terminal. Carry, in this order:`,
    `  1. ${site.directory}/broker to ${site.document.brokerAt} of the broker, and start mosquitto again: it knows the terminal then`,
    `  2. ${site.directory}/kiosks/…/terminal-keys.json to every kiosk`,
    '  3. the folder to the terminal',
    SECRET,
  );

const OUTCOMES: Readonly<Record<AdmitOutcome, (kiosk: string) => string>> = {
  paired: (kiosk) => `${kiosk} is paired and has stored its certificate`,
  admitted: (kiosk) =>
    `${kiosk} was given its certificate, but did not say that it stored it: look at its screen; if it still shows a code, remove it and pair again`,
  'wrong-code': (kiosk) =>
    `not paired: whoever asked in the name of ${kiosk} had another code. Look at its screen again; should it be right, somebody else is asking`,
  'nobody-came': (kiosk) =>
    `not paired: ${kiosk} did not come within ten minutes. Is uplink.pairing in its settings this machine's address?`,
};

const pair = async (site: SiteFolder, kiosk: string, values: Values): Promise<number> => {
  site.assertFree(kiosk);
  const port = portOf('port', values.port, 8884);
  const source = openSecretSource();
  const code = typedCode(Buffer.from(await source.ask(`Code on the screen of ${kiosk}`, 'code')).toString());
  source.close();
  const host = values.listen ?? '0.0.0.0';
  const onListening = (found: number): void => say(`waiting for ${kiosk} at port ${found}`);
  const onOther = (found: string, of: string): void =>
    say(
      of === site.document.site
        ? `${found} asked and was refused: this is the pairing of ${kiosk}. Still waiting for ${kiosk}; pair ${found} with a command of its own`
        : `${found} of another site (${of}) asked and was refused. Still waiting for ${kiosk}`,
    );
  const outcome = await admitByCode({ site, kiosk, code, host, port, onListening, onOther });
  say(OUTCOMES[outcome](kiosk));
  if (outcome === 'paired' || outcome === 'admitted') say(newKiosk(site));
  return outcome === 'paired' ? 0 : 1;
};

/** Options that say nothing to an action are not passed over in silence. */
const TAKES: Readonly<Record<string, readonly (keyof Values)[]>> = {
  init: ['site', 'broker', 'port', 'broker-user', 'broker-at', 'kiosk-at'],
  pair: ['port', 'listen'],
};
const refuseOthers = (action: string, values: Values): void => {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && !(TAKES[action] ?? []).includes(name as keyof Values))
      refuseWords(`--${name}`, `site ${action} takes no --${name}\n\n${usage}`);
  }
};

const act = async (action: string, directory: string, name: string | undefined, values: Values): Promise<number | void> => {
  const named = (): string => name ?? refuseWords('NAME', `site ${action} needs a name after DIR\n\n${usage}`);
  refuseOthers(action, values);
  if (action === 'init') return init(directory, values);
  const site = SiteFolder.open(directory, now);
  switch (action) {
    case 'add-kiosk':
      return say(`${await site.addKiosk(named())}   belongs at ${site.document.kioskAt} of the kiosk`, newKiosk(site));
    case 'pair':
      return pair(site, named(), values);
    case 'add-terminal':
      return addTerminal(site, name);
    case 'rotate':
      return say(...carryOrder(site, await site.rotate(named()), named()));
    case 'remove-kiosk':
      await site.removeKiosk(named());
      return say(`kiosk ${named()} is out: carry ${site.directory}/broker and terminals to their machines and start them again`);
    case 'list':
      return list(site);
    default:
      return refuseWords('ACTION', `site: found "${action}"\n\n${usage}`);
  }
};

export const command: Command = {
  usage,
  async run(words) {
    const { values, positionals } = parse(words);
    const [action, directory, name, ...rest] = positionals;
    if (action === undefined || directory === undefined || rest.length > 0)
      return refuseWords('arguments', `site needs an action and a folder\n\n${usage}`);
    return (await act(action, directory, name, values)) ?? 0;
  },
};
