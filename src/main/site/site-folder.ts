// The folder of one site on the machine of whoever looks after it: the authority's key, and for the broker, every kiosk and every terminal a
// folder to be carried to that machine. It never overwrites what is there, and everything in it is private (0700/0600).

import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeDirectories } from '../../core/directories.ts';
import { KioskFailure } from '../../core/failure.ts';
import { ID_PATTERN, TERMINAL, terminalStateTopic } from '../../uplink/contract/index.ts';
import {
  generateKioskKeys,
  generateTerminalKeys,
  type KeySet,
  loadKeySet,
  publicKeySet,
  rotateKeySet,
  storeKeySet,
  storeKeySets,
} from '../../uplink/seal-keys.ts';
import { certificateFacts, issue, issueForRequest, newAuthority, type Pem, revocationList } from './authority.ts';
import { kioskToml } from './kiosk-toml.ts';
import { mosquittoAcl, mosquittoConf } from './mosquitto-files.ts';
import { type SiteDocument, siteSchema } from './site-document.ts';

export interface Member {
  readonly kind: 'broker' | 'kiosk' | 'terminal';
  readonly name: string;
  /** Milliseconds. */
  readonly notAfter: number;
  /** Generations of its keys in force; the broker has none. */
  readonly generations: number;
}

/** What a kiosk that made its own keys is given. */
export interface Admission {
  readonly certificate: string;
  readonly ca: string;
  readonly terminalKeys: readonly KeySet[];
}

/** mosquitto refuses to start where the folder is missing, and a folder without a file is easily left behind by a copy. */
const OWN_OPTIONS = 'Files here that end in .conf are read by mosquitto after mosquitto.conf. kazashi site never touches them.\n';

const refuse = (field: string, message: string): KioskFailure => new KioskFailure('input/invalid', { facts: { field }, message });

const writePrivate = (file: string, text: string): void => {
  try {
    makeDirectories(dirname(file));
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    chmodSync(`${file}.new`, 0o600);
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new KioskFailure('storage/unwritable', { cause, message: `${file}: cannot be written` });
  }
};

const ID_WORDS = 'allowed: lower-case letters a-z, digits and hyphens, at most 32, not "terminal"';
const ALLOWED: Readonly<Record<string, string>> = {
  site: ID_WORDS,
  hosts: 'give the broker’s name or address in the network',
  brokerUser: 'allowed: the name of an account of Linux (a-z, 0-9, _ and -, beginning with a letter or _)',
  brokerAt: 'give an absolute path, beginning with /',
  kioskAt: 'give an absolute path, beginning with /',
};

const checkedId = (field: string, id: string): string => {
  if (ID_PATTERN.test(id)) return id;
  throw refuse(field, `${field}: found "${id}"; ${ID_WORDS}`);
};

export class SiteFolder {
  readonly directory: string;
  #document: SiteDocument;
  readonly #now: () => number;

  private constructor(directory: string, document: SiteDocument, now: () => number) {
    this.directory = directory;
    this.#document = document;
    this.#now = now;
  }

  get document(): SiteDocument {
    return this.#document;
  }

  /** Makes a site: authority, broker, and the first terminal. Throws input/invalid when the folder holds one, storage/unwritable. */
  static async create(
    directory: string,
    wanted: Pick<SiteDocument, 'site' | 'hosts' | 'port' | 'brokerUser'> & Partial<Pick<SiteDocument, 'brokerAt' | 'kioskAt'>>,
    now: () => number,
  ): Promise<SiteFolder> {
    const at = resolve(directory);
    if (existsSync(join(at, 'site.json'))) throw refuse('DIR', `${at} holds a site already: give another folder, or add to it`);
    const document = siteSchema.safeParse({ version: 1, brokerAt: join(at, 'broker'), kioskAt: '/etc/kazashi', revoked: [], ...wanted });
    if (!document.success) {
      const [issueFound] = document.error.issues;
      const field = String(issueFound?.path[0]);
      const found = JSON.stringify(wanted[field as keyof typeof wanted]);
      throw refuse(field, `${field}: found ${found}; ${ALLOWED[field] ?? issueFound?.message}`);
    }
    const site = new SiteFolder(at, document.data, now);
    const authority = await newAuthority(document.data.site, now());
    site.#write('ca/ca.pem', authority.certificate);
    site.#write('ca/key.pem', authority.key);
    const broker = await issue(authority, 'broker', { kind: 'server', hosts: document.data.hosts }, now());
    site.#writePem('broker', broker);
    await site.#save();
    return site;
  }

  /** Throws input/invalid when the folder holds no site. */
  static open(directory: string, now: () => number): SiteFolder {
    const at = resolve(directory);
    let text: string;
    try {
      text = readFileSync(join(at, 'site.json'), 'utf8');
    } catch {
      throw refuse('DIR', `${at} holds no site: make one with kazashi site init ${directory} --site ID`);
    }
    try {
      return new SiteFolder(at, siteSchema.parse(JSON.parse(text)), now);
    } catch (cause) {
      throw new KioskFailure('config/invalid', { cause, message: `${join(at, 'site.json')}: is damaged; restore it from a copy` });
    }
  }

  get kiosks(): readonly string[] {
    return this.#names('kiosks');
  }

  get terminals(): readonly string[] {
    return this.#names('terminals');
  }

  /** Keys, certificate and settings of a kiosk, to be carried to it. Throws input/invalid for a name that is taken or wrong. */
  async addKiosk(id: string): Promise<string> {
    this.assertFree(id);
    const keys = await generateKioskKeys(id);
    const pem = await issue(this.#authority(), id, { kind: 'client' }, this.#now());
    this.#writePem(`kiosks/${id}`, pem);
    await storeKeySet(this.#path(`kiosks/${id}/kiosk.private.json`), keys);
    await this.#welcome(id, publicKeySet(keys), true);
    return this.#path(`kiosks/${id}`);
  }

  /** Lets a kiosk in that made its own keys: `request` is its PKCS #10 text. Throws input/invalid, uplink/untrusted, uplink/malformed. */
  async admitKiosk(id: string, request: string, keys: KeySet): Promise<Admission> {
    this.assertFree(id);
    if (keys.owner !== id || keys.keys.some(({ d }) => d !== undefined)) {
      throw new KioskFailure('uplink/untrusted', {
        facts: { reason: 'kiosk' },
        message: 'pairing: keys of somebody else, or private ones',
      });
    }
    const certificate = await issueForRequest(this.#authority(), request, id, this.#now());
    this.#write(`kiosks/${id}/cert.pem`, certificate);
    await this.#welcome(id, keys, false);
    return { certificate, ca: this.#read('ca/ca.pem'), terminalKeys: await this.#terminalKeys() };
  }

  /** Keys and certificate of a terminal. Without a name it is the site's first. Throws input/invalid when it is there. */
  async addTerminal(name: string = TERMINAL): Promise<string> {
    if (name !== TERMINAL) checkedId('NAME', name);
    if (name === 'broker' || this.kiosks.includes(name))
      throw refuse('NAME', `NAME: ${name} is in use by another member of this site; choose another name for the terminal`);
    if (this.terminals.includes(name)) throw refuse('NAME', `terminal ${name} is there already; kazashi site rotate gives it new keys`);
    const pem = await issue(this.#authority(), userOf(name), { kind: 'client' }, this.#now());
    this.#writePem(`terminals/${name}`, pem);
    await storeKeySet(this.#path(`terminals/${name}/keys/terminal.json`), await generateTerminalKeys());
    for (const kiosk of this.kiosks) await this.#introduce(kiosk, name);
    await this.#shareTerminalKeys();
    await this.#save();
    return this.#path(`terminals/${name}`);
  }

  /**
   * New keys and a new certificate for one member; the generation before stays trusted until the next rotation. A kiosk that was admitted by its request keeps
   * its private keys to itself and is added again instead. Throws input/invalid.
   */
  async rotate(name: string): Promise<string> {
    const kiosk = this.kiosks.includes(name);
    if (!kiosk && !this.terminals.includes(name) && name !== 'broker')
      throw refuse('NAME', `${name}: no kiosk, terminal or broker of this site`);
    const now = this.#now();
    if (name === 'broker') {
      this.#writePem('broker', await issue(this.#authority(), name, { kind: 'server', hosts: this.#document.hosts }, now));
      // The rules of this version with it: a broker set up by an older one may not know every message.
      await this.#save();
      return this.#path('broker');
    }
    const folder = kiosk ? `kiosks/${name}` : `terminals/${name}`;
    const file = this.#path(kiosk ? `${folder}/kiosk.private.json` : `${folder}/keys/terminal.json`);
    if (!existsSync(file)) throw refuse('NAME', `${name} made its own keys: remove it and add it again`);
    const fresh = kiosk ? await generateKioskKeys(name) : await generateTerminalKeys();
    const keys = rotateKeySet(await loadKeySet(file), fresh);
    this.#writePem(folder, await issue(this.#authority(), kiosk ? name : userOf(name), { kind: 'client' }, now));
    await storeKeySet(file, keys);
    if (kiosk) await this.#welcome(name, publicKeySet(keys), true);
    else await this.#shareTerminalKeys();
    return this.#path(folder);
  }

  /** Revokes the certificate, and takes the keys from every terminal. Throws input/invalid. */
  async removeKiosk(id: string): Promise<void> {
    if (!this.kiosks.includes(id)) throw refuse('ID', `kiosk ${id} is not of this site`);
    const { serial } = certificateFacts(this.#read(`kiosks/${id}/cert.pem`));
    this.#document = { ...this.#document, revoked: [...this.#document.revoked, { serial, at: this.#now() }] };
    await this.#save();
    for (const terminal of this.terminals) rmSync(this.#path(`terminals/${terminal}/keys/${id}.json`), { force: true });
    rmSync(this.#path(`kiosks/${id}`), { recursive: true });
  }

  async members(): Promise<readonly Member[]> {
    const member = async (kind: Member['kind'], name: string, folder: string, keys?: string): Promise<Member> => {
      const set = keys === undefined ? undefined : await loadKeySet(this.#path(keys));
      const generations = set?.keys.filter(({ use }) => use === 'sig').length ?? 0;
      return { kind, name, notAfter: certificateFacts(this.#read(`${folder}/cert.pem`)).notAfter, generations };
    };
    return Promise.all([
      member('broker', 'broker', 'broker'),
      ...this.terminals.map((name) => member('terminal', name, `terminals/${name}`, `terminals/${name}/keys/terminal.json`)),
      ...this.kiosks.map((name) => member('kiosk', name, `kiosks/${name}`, `kiosks/${name}/kiosk.public.json`)),
    ]);
  }

  #path(name: string): string {
    return join(this.directory, name);
  }

  #read(name: string): string {
    try {
      return readFileSync(this.#path(name), 'utf8');
    } catch (cause) {
      throw new KioskFailure('config/invalid', { cause, message: `${this.#path(name)}: cannot be read; restore it from a copy` });
    }
  }

  #write(name: string, text: string): void {
    writePrivate(this.#path(name), text);
  }

  #writePem(folder: string, { certificate, key }: Pem): void {
    this.#write(`${folder}/cert.pem`, certificate);
    this.#write(`${folder}/key.pem`, key);
    this.#write(`${folder}/ca.pem`, this.#read('ca/ca.pem'));
  }

  #authority(): Pem {
    return { certificate: this.#read('ca/ca.pem'), key: this.#read('ca/key.pem') };
  }

  #names(kind: 'kiosks' | 'terminals'): readonly string[] {
    const folder = this.#path(kind);
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  /** Throws input/invalid for a name that is taken or wrong. */
  assertFree(id: string): void {
    checkedId('ID', id);
    if (id === 'broker') throw refuse('ID', 'a kiosk cannot be called broker');
    if (this.terminals.includes(id)) throw refuse('ID', `ID: a terminal of this site is called ${id}; choose another name for the kiosk`);
    if (this.kiosks.includes(id)) throw refuse('ID', `kiosk ${id} is there already; kazashi site rotate gives it new keys`);
  }

  async #terminalKeys(): Promise<KeySet[]> {
    return Promise.all(
      this.terminals.map(async (name) => publicKeySet(await loadKeySet(this.#path(`terminals/${name}/keys/terminal.json`)))),
    );
  }

  /** Every kiosk's folder gets every terminal's public keys: visits are encrypted to all of them. */
  async #shareTerminalKeys(): Promise<void> {
    const sets = await this.#terminalKeys();
    for (const kiosk of this.kiosks) await storeKeySets(this.#path(`kiosks/${kiosk}/terminal-keys.json`), sets);
  }

  async #introduce(kiosk: string, terminal: string): Promise<void> {
    await storeKeySet(
      this.#path(`terminals/${terminal}/keys/${kiosk}.json`),
      await loadKeySet(this.#path(`kiosks/${kiosk}/kiosk.public.json`)),
    );
  }

  async #welcome(id: string, keys: KeySet, settings: boolean): Promise<void> {
    await storeKeySet(this.#path(`kiosks/${id}/kiosk.public.json`), keys);
    for (const terminal of this.terminals) await this.#introduce(id, terminal);
    await storeKeySets(this.#path(`kiosks/${id}/terminal-keys.json`), await this.#terminalKeys());
    if (settings) this.#write(`kiosks/${id}/kazashi.toml`, kioskToml(this.#document, id));
  }

  async #save(): Promise<void> {
    const { site, port, brokerUser: user, brokerAt: folder, revoked } = this.#document;
    const terminals = this.terminals.map((name) => ({ user: userOf(name), stateTopic: terminalStateTopic(site, name) }));
    this.#write('broker/crl.pem', await revocationList(this.#authority(), revoked, this.#now()));
    this.#write('broker/conf.d/README', OWN_OPTIONS);
    this.#write('broker/mosquitto.conf', mosquittoConf({ site, folder, port, user }));
    this.#write('broker/acl', mosquittoAcl(site, terminals));
    this.#write('site.json', `${JSON.stringify(this.#document, null, 2)}\n`);
  }
}

/** Common name of a terminal's certificate. The dot keeps it apart from every kiosk's name. */
export const userOf = (terminal: string): string => (terminal === TERMINAL ? TERMINAL : `${TERMINAL}.${terminal}`);
