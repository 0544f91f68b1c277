// The byte stream below MQTT: TCP or TLS. Certificate files are read for every connection, so a renewed certificate needs no restart.

import { readFileSync } from 'node:fs';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { KioskFailure } from '../core/failure.ts';

/** PEM files. Used with mqtts:// addresses. */
export interface TlsFiles {
  readonly caFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
}

const readPem = (field: keyof TlsFiles, file: string | undefined): Buffer | undefined => {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    throw new KioskFailure('config/invalid', { cause: error, facts: { field: `uplink.${field}` }, message: `${file}: cannot be read` });
  }
};

const DEFAULT_PORT: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883 };

/** Throws config/invalid for an address that is neither mqtt:// nor mqtts://, or for a PEM file that cannot be read. */
export const openStream = (brokerUrl: string, tls: TlsFiles = {}): Socket => {
  const url = URL.canParse(brokerUrl) ? new URL(brokerUrl) : undefined;
  const defaultPort = DEFAULT_PORT[url?.protocol ?? ''];
  if (url === undefined || defaultPort === undefined) {
    throw new KioskFailure('config/invalid', {
      facts: { field: 'uplink.broker' },
      message: 'uplink.broker: an address such as "mqtts://broker.example:8883"',
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? defaultPort : Number(url.port);
  if (url.protocol === 'mqtt:') return connectTcp({ host, port, noDelay: true });
  const ca = readPem('caFile', tls.caFile);
  const cert = readPem('certificateFile', tls.certificateFile);
  const key = readPem('keyFile', tls.keyFile);
  const socket = connectTls({
    host,
    port,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
  // A visit is small: it must not wait for the broker's delayed TCP acknowledgement of the one before.
  return socket.setNoDelay(true);
};
