// A kiosk is let in by the code on its screen: by nothing else, once, and whoever sits in between comes away with nothing.

import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { parseConfig } from '../../src/config/read.ts';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/ids.ts';
import { pairingScene } from '../../src/display/pairing-scene.ts';
import { type AdmitOutcome, admitByCode } from '../../src/main/pairing/admit.ts';
import { askAdmission, type PairingState } from '../../src/main/pairing/ask-admission.ts';
import { fits, keyOf, newCode, sealWord, typedCode } from '../../src/main/pairing/code.ts';
import { isPaired, withIdentity } from '../../src/main/pairing/identity.ts';
import { newRequest } from '../../src/main/site/authority.ts';
import { SiteFolder } from '../../src/main/site/site-folder.ts';
import { uplinkAccess } from '../../src/main/uplink-of.ts';
import { generateKioskKeys, loadKeySet, publicKeySet } from '../../src/uplink/seal-keys.ts';

const wanted = { site: 'clinic', hosts: ['127.0.0.1'], port: 8883, brokerUser: 'mosquitto' };

const make = async (t: Test) => {
  const folder = mkdtempSync(join(tmpdir(), 'kazashi-pairing-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const site = await SiteFolder.create(join(folder, 'site'), wanted, Date.now);
  await site.addTerminal();
  return { folder, site };
};

const configOf = (folder: string, port: number, kiosk = 'kiosk-1') =>
  parseConfig(
    `[site]\nid = "clinic"\n[kiosk]\nid = "${kiosk}"\ndataDirectory = "${join(folder, kiosk)}"\n[uplink]\npairing = "http://127.0.0.1:${port}"\n`,
    'test',
  );

/** The site's desk with a code that was typed; answers where it listens and how it ends. */
const desk = (site: SiteFolder, code: string, kiosk = 'kiosk-1', onOther?: (kiosk: string, site: string) => void) => {
  const ended = new AbortController();
  let outcome: Promise<AdmitOutcome> = Promise.resolve('nobody-came');
  const port = new Promise<number>((resolve) => {
    outcome = admitByCode({
      site,
      kiosk,
      code,
      host: '127.0.0.1',
      port: 0,
      onListening: resolve,
      signal: ended.signal,
      ...(onOther === undefined ? {} : { onOther }),
    });
  });
  return { port, outcome, end: () => ended.abort() };
};

/** Passes every message on to `port()`, after `change`. */
const middle = async (
  t: Test,
  port: () => number,
  change: (path: string, body: string) => string = (_, body) => body,
  reply = (body: string) => body,
) => {
  const server = createServer(async (request, answer) => {
    let body = '';
    for await (const part of request) body += part;
    const found = await fetch(`http://127.0.0.1:${port()}${request.url}`, { method: 'POST', body: change(request.url ?? '', body) }).catch(() => undefined);
    answer.writeHead(found?.status ?? 502).end(reply((await found?.text()) ?? ''));
  }); // biome-ignore format: one hop
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

const ask = (config: ReturnType<typeof configOf>, signal?: AbortSignal) => {
  const states: PairingState[] = [];
  let shown: (code: string) => void = () => undefined;
  const code = new Promise<string>((resolve) => {
    shown = resolve;
  });
  const show = (now: string, state: PairingState): void => {
    states.push(state);
    shown(now);
  };
  const done = askAdmission({
    config,
    clock: systemClock,
    random: systemRandom,
    show,
    everyMs: 20,
    ...(signal === undefined ? {} : { signal }),
  });
  done.catch(() => undefined);
  return { code, states, done };
};

test('a kiosk is let in by its code, and keeps its private keys to itself', async (t) => {
  const { folder, site } = await make(t);
  let port = 0;
  const config = configOf(folder, await middle(t, () => port));
  t.equal(isPaired(config), false);
  const kiosk = ask(config);
  const opened = desk(site, (await kiosk.code).toLowerCase());
  port = await opened.port;
  await kiosk.done;
  t.equal(await opened.outcome, 'paired');
  t.equal(isPaired(config), true);
  const own = join(folder, 'kiosk-1', 'identity');
  for (const name of readdirSync(own)) t.equal(statSync(join(own, name)).mode & 0o077, 0, name);
  const certificate = new X509Certificate(readFileSync(join(own, 'cert.pem')));
  t.equal(certificate.subject, 'CN=kiosk-1');
  t.ok(certificate.verify(new X509Certificate(readFileSync(join(folder, 'site', 'ca', 'ca.pem'))).publicKey));
  t.notOk(existsSync(join(folder, 'site', 'kiosks', 'kiosk-1', 'key.pem')), 'the site never saw the private key');
  const known = await loadKeySet(join(folder, 'site', 'terminals', 'terminal', 'keys', 'kiosk-1.json'));
  const access = await uplinkAccess(config);
  t.same(known, publicKeySet(access.kioskKey), 'the terminal knows who signs');
  t.equal(access.tls?.certificateFile, join(own, 'cert.pem'));
  t.equal(access.terminalKeys.length, 1);
  t.equal(withIdentity(parseConfig('', 'none')).uplink.certificateFile, undefined, 'without pairing nothing changes');
});

test('another code lets nobody in, and a handful of wrong tries ends it', async (t) => {
  const { folder, site } = await make(t);
  let port = 0;
  const stop = new AbortController();
  const kiosk = ask(configOf(folder, await middle(t, () => port)), stop.signal);
  await kiosk.code;
  const opened = desk(site, newCode(systemRandom));
  port = await opened.port;
  t.equal(await opened.outcome, 'wrong-code');
  t.ok(kiosk.states.includes('refused'), 'the screen says that somebody is there, with another code');
  stop.abort(new Error('stopped'));
  await t.rejects(kiosk.done, /stopped/);
  t.same(site.kiosks, []);
});

test('another kiosk that waits is refused and named, and the desk goes on waiting for its own', async (t) => {
  const { folder, site } = await make(t);
  let port = 0;
  const stop = new AbortController();
  const other = ask(configOf(folder, await middle(t, () => port), 'kiosk-3'), stop.signal);
  let heard: (word: string) => void = () => undefined;
  const named = new Promise<string>((resolve) => {
    heard = resolve;
  });
  let times = 0;
  const opened = desk(site, await other.code, 'kiosk-4', (kiosk, of) => {
    times += 1;
    heard(`${kiosk} of ${of}`);
  });
  port = await opened.port;
  t.equal(await named, 'kiosk-3 of clinic');
  const kiosk = ask(configOf(folder, await middle(t, () => port), 'kiosk-4'), stop.signal);
  await kiosk.code;
  opened.end();
  t.equal(await opened.outcome, 'nobody-came', 'it went on waiting');
  t.equal(times, 1, 'said once, however often it asks');
  stop.abort(new Error('stopped'));
  await t.rejects(other.done, /stopped/);
  await t.rejects(kiosk.done, /stopped/);
  t.same(site.kiosks, []);
});

test('whoever sits in between can change nothing: neither what the kiosk asks, nor what it is told', async (t) => {
  const { folder, site } = await make(t);
  let port = 0;
  const thief = await newRequest('kiosk-1');
  const swap = (path: string, body: string): string => {
    if (path !== '/request') return body;
    const { word, mac } = JSON.parse(body) as { word: string; mac: string };
    return JSON.stringify({ word: JSON.stringify({ ...JSON.parse(word), request: thief.request }), mac });
  };
  const stop = new AbortController();
  const asked = ask(configOf(folder, await middle(t, () => port, swap)), stop.signal);
  const opened = desk(site, await asked.code);
  port = await opened.port;
  t.equal(await opened.outcome, 'wrong-code', 'a swapped request');
  stop.abort();
  t.same(site.kiosks, []);

  const rogue = await make(t);
  const other = new AbortController();
  // A terminal of the thief's in the answer: patients' visits would be sealed to it.
  const forge = (body: string): string => {
    if (!body.includes('terminalKeys')) return body;
    const { word, mac } = JSON.parse(body) as { word: string; mac: string };
    const ca = readFileSync(join(rogue.folder, 'site', 'ca', 'ca.pem'), 'utf8');
    return JSON.stringify({ word: JSON.stringify({ ...JSON.parse(word), ca }), mac });
  };
  const config = configOf(folder, await middle(t, () => port, undefined, forge), 'kiosk-2');
  const told = ask(config, other.signal);
  const second = desk(site, await told.code, 'kiosk-2');
  port = await second.port;
  while (!told.states.includes('refused')) await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal(isPaired(config), false, 'a forged answer is as if nothing had come');
  other.abort();
  // The site waits for the receipt, which only the kiosk can write.
  const body = JSON.stringify(sealWord(Buffer.alloc(32), 'stored', { v: 1, request: 'x'.repeat(43) }));
  t.equal((await fetch(`http://127.0.0.1:${port}/stored`, { method: 'POST', body })).status, 403);
  t.equal((await fetch(`http://127.0.0.1:${port}/request`, { method: 'POST', body: 'no JSON' })).status, 400);
  t.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404);
  second.end();
  t.equal(await second.outcome, 'admitted', 'and whoever sits at the site hears that nobody knows whether it arrived');
});

test('an answer that was lost is given again, and the certificate is still one', async (t) => {
  const { folder, site } = await make(t);
  const code = newCode(systemRandom);
  const place = { site: 'clinic', kiosk: 'kiosk-1', nonce: 'n'.repeat(22) };
  const key = await keyOf(code, place);
  const { request } = await newRequest('kiosk-1');
  const body = JSON.stringify(
    sealWord(key, 'request', { v: 1, ...place, request, keys: publicKeySet(await generateKioskKeys('kiosk-1')) }),
  );
  const opened = desk(site, code);
  const send = async (path: string, text: string) => fetch(`http://127.0.0.1:${await opened.port}${path}`, { method: 'POST', body: text });
  const [first, second] = [await (await send('/request', body)).text(), await (await send('/request', body)).text()];
  t.equal(first, second);
  const answer = JSON.parse(first) as { word: string; mac: string };
  t.ok(fits(key, 'answer', answer));
  t.notOk(fits(key, 'request', answer), 'a word for one purpose is worthless for another');
  t.same(site.kiosks, ['kiosk-1']);
  const stored = sealWord(key, 'stored', { v: 1, request: JSON.parse(answer.word).request });
  t.equal((await send('/stored', JSON.stringify(stored))).status, 200);
  t.equal(await opened.outcome, 'paired');
  t.ok(existsSync(folder));
});

test('codes are typed as people type, and refused with what is wanted', (t) => {
  t.equal(typedCode(' k7qm4 xrd9t '), 'K7QM4XRD9T');
  t.equal(typedCode('oil00-00000'), '0110000000');
  for (const wrong of ['', 'K7QM4-XRD9', 'K7QM4-XRD9TT', 'K7QM4-XRD9U', 'K7QM4-XRD9?'])
    t.throws(() => typedCode(wrong), { code: 'input/invalid', message: /ten letters and digits/ }, wrong);
  const codes = new Set(Array.from({ length: 200 }, () => newCode(systemRandom)));
  t.equal(codes.size, 200);
  for (const code of codes) t.match(code, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  t.end();
});

test('the panel shows the code large, and where the kiosk asks, on every panel', (t) => {
  for (const [width, height] of [[1280, 800], [800, 480], [800, 1280]] as const)
    for (const state of ['unreachable', 'refused', 'trouble'] as const) {
      const note = { code: 'K7QM4-XRD9T', site: 'clinic', kiosk: 'kiosk-with-a-long-name-of-32-cha', address: 'administrator.example:8884', state };
      const { elements, misfits } = pairingScene({ width, height }, note);
      t.same(misfits, [], `${width}×${height} ${state}`);
      const said = elements.map(({ label }) => label).join('\n');
      t.match(said, /K7QM4-XRD9T/);
      t.match(said, /kazashi site pair DIR kiosk-with/);
    }
  t.end();
}); // biome-ignore format: a table
