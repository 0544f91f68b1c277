// What lies beyond the box: the broker, and the certificates that open it.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { KioskConfig } from '../../config/schema.ts';
import { type Check, fail, ok, warn } from './check.ts';

const DAY_MS = 86_400_000;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883 };

const reachable = (host: string, port: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });

export const broker = (config: KioskConfig['uplink']): Check => ({
  id: 'broker',
  title: { ja: 'ブローカー', en: 'Broker' },
  async run(signal) {
    const url = new URL(config.broker);
    const port = url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 1883) : Number(url.port);
    const facts = { host: url.hostname, port };
    try {
      await reachable(url.hostname.replace(/^\[|\]$/g, ''), port, signal);
      return ok(facts);
    } catch (cause) {
      return fail(
        { ...facts, error: (cause as NodeJS.ErrnoException).code ?? 'unreachable' },
        'ブローカーにつながりません。ネットワークと、設定ファイルの uplink.broker を確かめてください。',
        'The broker cannot be reached. Check the network and uplink.broker in the settings.',
      );
    }
  },
});

/** Of a kiosk that runs: a second connection under its name would end its own. `forbidden`: channels the broker refused. */
export const ownRights = (forbidden: () => readonly string[]): Check => ({
  id: 'broker-rules',
  title: { ja: 'ブローカーの規則', en: "The broker's rules" },
  async run() {
    const refused = forbidden();
    if (refused.length === 0) return ok({ broker: 'allows all' });
    return warn(
      { error: `refused: ${refused.join(' ')}` },
      'ブローカーの規則が古い版のままです。サイトのフォルダーがある機械で kazashi site rotate DIR broker を実行し、broker/ を入れ替えて、mosquittoを再起動してください。',
      'The broker’s rules are of an older version. Where the site’s folder is, run kazashi site rotate DIR broker, copy broker/ to the broker, start mosquitto again.',
    );
  },
});

export const certificates = (config: KioskConfig['uplink'], now: () => number): Check => ({
  id: 'certificates',
  title: { ja: '証明書', en: 'Certificates' },
  async run() {
    const files = [config.caFile, config.certificateFile].filter((file) => file !== undefined);
    if (files.length === 0) return ok({ certificates: 0 });
    let days = Number.POSITIVE_INFINITY;
    for (const file of files) {
      try {
        days = Math.min(days, Math.floor((Date.parse(new X509Certificate(readFileSync(file)).validTo) - now()) / DAY_MS));
      } catch {
        return fail({ file }, `証明書 ${file} を読めません。`, `The certificate ${file} cannot be read: it must be a PEM file.`);
      }
    }
    const facts = { certificates: files.length, daysLeft: days };
    if (days < 0) return fail(facts, '証明書の期限が切れています。更新してください。', 'A certificate has expired. Renew it.');
    if (days < 30) return warn(facts, '証明書の期限が近づいています。更新してください。', 'A certificate expires soon. Renew it.');
    return ok(facts);
  },
});
